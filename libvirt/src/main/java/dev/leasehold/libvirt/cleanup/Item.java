// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import java.util.Optional;

/**
 * One file of the lease directory and what was done with it.
 *
 * @param name of the file
 * @param outcome what was done
 * @param disk the disk that the lease is for, if that is known
 * @param diskState whether that disk is still there
 * @param bytes size of the file
 * @param words what there is to say about it, else empty
 */
public record Item(
    String name,
    Outcome outcome,
    Optional<String> disk,
    DiskState diskState,
    long bytes,
    String words) {

  /** What was done with a file. */
  public enum Outcome {
    /** Removed; with a dry run: it would be, unless somebody takes it. */
    REMOVED,
    /** Left of a file that was being made; removed, or it would be. */
    LEFTOVER_REMOVED,
    /** Somebody holds it. */
    IN_USE,
    /** It was written a short time ago. */
    RECENT,
    /** Nobody uses it, but its disk exists or is not known, and only others were to be removed. */
    KEPT,
    /** Something went wrong; it is still there, perhaps cleared. */
    FAILED
  }

  /** Whether a disk is still there. */
  public enum DiskState {
    /** It exists. */
    EXISTS,
    /** It does not: the guest was deleted, or its storage is not mounted here. */
    GONE,
    /** It is not known which disk it is, or it cannot be looked at. */
    UNKNOWN
  }
}
