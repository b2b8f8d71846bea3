// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Restrictions;
import java.util.Optional;
import java.util.Set;

/**
 * One holder's part in a lease. Kill program and restrictions are those of the moment of the
 * acquisition, for requests (docs/spec/wire.md 4.2, 4.3). Guarded by the table's lock.
 */
final class Token {
  static final int NO_SLOT = -1;

  final Entry entry;
  final HolderId holder;
  final int pid;
  final boolean persistent;
  final Optional<KillPath> killPath;
  final Restrictions restrictions;

  /** The holder's slot once the lease is granted. */
  int slot = NO_SLOT;

  Token(Entry entry, HolderSnapshot holder, boolean persistent) {
    this.entry = entry;
    this.holder = holder.id();
    this.pid = holder.process().pid();
    this.persistent = persistent;
    this.killPath = holder.killPath();
    this.restrictions = holder.restrictions();
  }

  boolean granted() {
    return slot != NO_SLOT;
  }

  /** The slot that a new lease of a holder takes (docs/spec/wire.md 4.4). */
  static int lowestFree(Set<Integer> taken) {
    int slot = 0;
    while (taken.contains(slot)) {
      slot++;
    }
    return slot;
  }

  HeldLease view() {
    return new HeldLease(slot, entry.where, entry.mode, entry.lver());
  }
}
