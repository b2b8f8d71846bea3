// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import dev.leasehold.engine.port.Processes;
import java.util.Optional;

/** What the table knows of one registration. Guarded by the table's lock. */
final class Holder {
  final HolderId id;
  final Processes.Handle process;
  final Lifetime lifetime;
  HolderLabel label;
  Restrictions restrictions = Restrictions.NONE;
  Optional<KillPath> killPath = Optional.empty();
  boolean ended;
  boolean commandActive;
  int killAttempts;

  /** Whether the attempts counted are those that do not ask any more. */
  boolean killedForGood;

  long lastKillNanos;
  boolean killPathRun;

  Holder(HolderId id, Processes.Handle process, Lifetime lifetime, HolderLabel label) {
    this.id = id;
    this.process = process;
    this.lifetime = lifetime;
    this.label = label;
  }

  HolderSnapshot snapshot() {
    return new HolderSnapshot(
        id,
        process.id(),
        lifetime,
        label,
        restrictions,
        killPath,
        ended,
        commandActive,
        killAttempts);
  }
}
