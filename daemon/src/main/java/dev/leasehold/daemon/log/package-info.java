// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon's log: in memory for {@code log_dump}, and to standard error, a file and the system
 * log. Whoever logs never waits for a reader.
 */
@NullMarked
package dev.leasehold.daemon.log;

import org.jspecify.annotations.NullMarked;
