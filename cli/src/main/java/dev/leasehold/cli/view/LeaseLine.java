// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import java.util.List;
import java.util.Optional;

/**
 * One lease file.
 *
 * @param name the file's name, which is the lease's
 * @param disk the disk that it is for, where a note or the journal proves that
 * @param holders whoever the file names, whether their hosts are still there or not
 * @param cleared whether it was taken away and is about to be removed
 * @param fault why it cannot be used
 */
record LeaseLine(
    String name,
    Optional<String> disk,
    List<HolderLine> holders,
    boolean cleared,
    Optional<String> fault) {

  /** Keeps the list from being changed. */
  LeaseLine {
    holders = List.copyOf(holders);
  }

  /** How people know it. */
  String title() {
    return disk.orElse(name);
  }
}
