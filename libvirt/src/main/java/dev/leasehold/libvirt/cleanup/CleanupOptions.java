// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import java.time.Duration;

/**
 * What is to be removed.
 *
 * @param directory the lease directory, absolute
 * @param olderThan only leases that were last written at least so long ago: taken, released or made
 * @param onlyGone only leases whose disk is known and does not exist any more
 * @param dryRun only say what would be done
 * @param width how many files are worked on side by side
 */
public record CleanupOptions(
    String directory, Duration olderThan, boolean onlyGone, boolean dryRun, int width) {
  /** How many files at once keep the storage busy. */
  public static final int USUAL_WIDTH = 32;

  /**
   * Leftovers of files that were being made are kept at least so long. Whoever makes one takes
   * seconds; one whose storage hung that long finds the file gone and fails.
   */
  public static final Duration LEFTOVER_AGE = Duration.ofHours(1);

  /** Path of a file in the directory. */
  String path(String name) {
    return directory + "/" + name;
  }
}
