// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.ondisk.HolderNote;
import java.util.Optional;

/**
 * One holder as the lease's file names it.
 *
 * @param acquired CLOCK_MONOTONIC seconds of the owner's host at the acquisition; 0 if shared
 * @param note its own words, if they belong to what the lease says now
 */
record HolderLine(
    long hostId, long generation, boolean shared, long acquired, Optional<HolderNote> note) {}
