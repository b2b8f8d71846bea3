// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code leasehold} command: reads its arguments, calls the engine, prints the answer.
 *
 * <p>It decides nothing about leases.
 */
@NullMarked
package dev.leasehold.cli;

import org.jspecify.annotations.NullMarked;
