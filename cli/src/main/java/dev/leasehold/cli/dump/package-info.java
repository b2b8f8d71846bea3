// SPDX-License-Identifier: Apache-2.0

/**
 * {@code leasehold dump}: every record of a lease area in full, also of one that fails its checks.
 */
@NullMarked
package dev.leasehold.cli.dump;

import org.jspecify.annotations.NullMarked;
