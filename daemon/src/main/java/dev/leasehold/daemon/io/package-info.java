// SPDX-License-Identifier: Apache-2.0

/**
 * Counts what the engine reads and writes, for the metrics. Changes no transfer and decides
 * nothing.
 */
@NullMarked
package dev.leasehold.daemon.io;

import org.jspecify.annotations.NullMarked;
