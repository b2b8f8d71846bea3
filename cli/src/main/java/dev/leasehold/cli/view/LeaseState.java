// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import java.util.List;
import java.util.function.Function;

/** What a lease and its holders' hosts together make of it. */
enum LeaseState {
  /** Nobody holds it. */
  FREE("free"),
  /** One holder alone. */
  EXCLUSIVE("exclusive"),
  /** Holders that share it. */
  SHARED("shared"),
  /** It was taken away; its file is about to be removed. */
  CLEARED("cleared"),
  /** Its file cannot be used. */
  DAMAGED("damaged");

  private final String text;

  LeaseState(String text) {
    this.text = text;
  }

  /** In one word. */
  String text() {
    return text;
  }

  static LeaseState of(LeaseLine lease, View view) {
    return of(lease, view::holding);
  }

  static LeaseState of(LeaseLine lease, Function<HolderLine, Holding> holdings) {
    if (lease.fault().isPresent()) {
      return DAMAGED;
    }
    if (lease.cleared()) {
      return CLEARED;
    }
    List<HolderLine> holding =
        lease.holders().stream()
            .filter(line -> holdings.apply(line).standing() == Holding.Standing.HOLDS)
            .toList();
    if (holding.isEmpty()) {
      return FREE;
    }
    return holding.stream().anyMatch(line -> !line.shared()) ? EXCLUSIVE : SHARED;
  }
}
