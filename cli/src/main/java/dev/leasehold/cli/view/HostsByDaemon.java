// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonSighting;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * What a look at a lockspace means together with what this host's daemon has seen in it before: it
 * has watched for long, so that nobody needs to do it again.
 */
final class HostsByDaemon {
  private final DaemonFacts facts;
  private final Clock clock;

  HostsByDaemon(DaemonFacts facts, Clock clock) {
    this.facts = facts;
    this.clock = clock;
  }

  /** Whether it is the daemon's own record. */
  boolean isOwn(HostLine line) {
    return facts.isOwn(line.hostId(), line.generation());
  }

  /**
   * The line, read now, judged. It stays unknown, with the time it was watched as its silence, if
   * the daemon has not watched it for long enough.
   */
  HostLine judged(HostLine line) {
    Optional<DaemonSighting> sighting = Optional.ofNullable(facts.hosts().get(line.hostId()));
    if (sighting.isEmpty()) {
      return line;
    }
    DaemonSighting seen = sighting.get();
    Duration since = Duration.ofNanos(Math.max(0, clock.bootNanos() - facts.askedNanos()));
    Duration period = HostObserver.period(line);
    if (seen.generation() != line.generation() || seen.timestamp() != line.timestamp()) {
      // Renewed after the daemon's last look. If that is long ago, so may the renewal be.
      return seen.lookedAgo().plus(since).compareTo(period) <= 0
          ? line.seenAlive(Duration.ZERO)
          : line;
    }
    Duration unchanged = seen.changedAgo().plus(since);
    if (unchanged.compareTo(period) > 0) {
      return line.observed(State.SILENT, Optional.empty(), unchanged);
    }
    return seen.changing()
        ? line.seenAlive(unchanged)
        : line.observed(State.UNKNOWN, Optional.empty(), unchanged);
  }
}
