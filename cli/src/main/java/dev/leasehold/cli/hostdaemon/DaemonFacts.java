// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon said of itself at one moment.
 *
 * @param hostName its name in the records of its host ids
 * @param lockspaces all of them
 * @param here the one of the directory that it was asked about, once it is joined
 * @param hosts what it has seen of the hosts in that, by host id
 * @param held what it holds in that
 * @param askedNanos that moment, by the clock that counts suspended time
 */
public record DaemonFacts(
    String hostName,
    DaemonWatchdog watchdog,
    List<DaemonSpace> lockspaces,
    Optional<DaemonSpace> here,
    Map<Long, DaemonSighting> hosts,
    List<DaemonHeld> held,
    long askedNanos) {
  /** Keeps the collections from being changed. */
  public DaemonFacts {
    lockspaces = List.copyOf(lockspaces);
    hosts = Map.copyOf(hosts);
    held = List.copyOf(held);
  }

  /** Whether a record in the lockspace that it was asked about is the daemon's own. */
  public boolean isOwn(long hostId, long generation) {
    return here.filter(space -> space.hostId() == hostId && space.generation() == generation)
        .isPresent();
  }
}
