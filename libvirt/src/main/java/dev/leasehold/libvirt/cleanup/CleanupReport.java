// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import java.util.List;

/**
 * What a cleanup did.
 *
 * @param items every lease and leftover of the directory, by name; other files are none of ours
 */
public record CleanupReport(List<Item> items) {
  /** Copies the list. */
  public CleanupReport {
    items = List.copyOf(items);
  }

  /** How many there are of a kind. */
  public long count(Item.Outcome outcome) {
    return items.stream().filter(item -> item.outcome() == outcome).count();
  }

  /** Bytes that were given back, as far as files were allocated in full. */
  public long bytesFreed() {
    return items.stream()
        .filter(
            item ->
                item.outcome() == Item.Outcome.REMOVED
                    || item.outcome() == Item.Outcome.LEFTOVER_REMOVED)
        .mapToLong(Item::bytes)
        .sum();
  }

  /** Of those removed, how many had a disk that does not exist any more. */
  public long removedWithoutDisk() {
    return items.stream()
        .filter(
            item ->
                item.outcome() == Item.Outcome.REMOVED && item.diskState() == Item.DiskState.GONE)
        .count();
  }
}
