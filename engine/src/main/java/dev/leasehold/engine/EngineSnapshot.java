// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.resource.ResourceSnapshot;
import dev.leasehold.ondisk.Name;
import java.util.List;

/**
 * Everything the engine is a member of, holds, and for whom.
 *
 * @param hostName our name
 * @param bootId identity of this boot of the host
 * @param watchdog in words
 * @param watchdogProtects whether a watchdog is there that resets this host when it must
 * @param watchdogArmed for how many lockspaces a reset is armed now
 * @param lockspaces joined, then removing, then adding
 * @param resources holders and leases
 */
public record EngineSnapshot(
    Name hostName,
    String bootId,
    String watchdog,
    boolean watchdogProtects,
    int watchdogArmed,
    List<LockspaceView> lockspaces,
    ResourceSnapshot resources) {

  /** Copies the list. */
  public EngineSnapshot {
    lockspaces = List.copyOf(lockspaces);
  }
}
