// SPDX-License-Identifier: Apache-2.0

/**
 * {@code leasehold run}: takes leases, runs a command, gives them back; and sees to it that the
 * command never outlives them (docs/decisions/0005-run-hosts-and-local-journal.md).
 */
@NullMarked
package dev.leasehold.cli.run;

import org.jspecify.annotations.NullMarked;
