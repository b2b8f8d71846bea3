// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What has been seen of the hosts of one lockspace (docs/spec/algorithms.md 4.4), updated only from
 * complete reads of the area. Times are boot-time nanoseconds. Thread-safe.
 */
final class HostStatusTable {

  /**
   * What a look at the area brought.
   *
   * @param events for us
   * @param examine whether somebody has a request for a lease of ours
   * @param changed hosts whose state is another one than at the look before
   */
  record Look(List<ReceivedEvent> events, boolean examine, List<HostView> changed) {}

  private final Geometry geometry;
  private final Name lockspace;
  private final long ownHostId;
  private final Timing timing;
  private final long requestIntervalNanos;
  private final SeenArea previous;
  private final NavigableMap<Long, HostEntry> hosts = new TreeMap<>();
  private boolean looked;
  private long firstCheck;
  private long lastCheck;
  private long lastLookStarted;

  /**
   * @param requestIntervalNanos how long after an accepted request of a host another one is
   *     accepted
   */
  HostStatusTable(
      Geometry geometry, Name lockspace, long ownHostId, Timing timing, long requestIntervalNanos) {
    this.geometry = geometry;
    this.lockspace = lockspace;
    this.ownHostId = ownHostId;
    this.timing = timing;
    this.requestIntervalNanos = requestIntervalNanos;
    this.previous = new SeenArea((long) geometry.maxHosts() * geometry.sectorSize());
  }

  /**
   * Evaluates a complete read of the area. Only sectors that differ from the previous read are
   * decoded.
   *
   * @param started before the read: what it does not show had not happened by then
   * @param ended after the read: what it shows had happened by then
   */
  synchronized Look look(MemorySegment area, long started, long ended) {
    if (!looked) {
      firstCheck = ended;
    }
    lastCheck = ended;
    lastLookStarted = started;
    List<ReceivedEvent> events = new ArrayList<>();
    boolean examine = false;
    long at = previous.differsFrom(area, 0);
    while (at >= 0) {
      long host = at / geometry.sectorSize() + 1;
      DeltaSector sector = DeltaSector.decode(area, geometry.deltaOffset(host));
      HostEntry entry = hosts.computeIfAbsent(host, HostEntry::new);
      if (entry.seen(sector.leader(), lockspace, ended)) {
        if (entry.addresses(sector, ownHostId)) {
          entry.event(sector, ownHostId).ifPresent(events::add);
          examine |= entry.acceptRequest(ended, requestIntervalNanos);
        }
      } else if (!entry.everUsed() && entry.trusted()) {
        hosts.remove(host); // most of an area was never used: not worth keeping
      }
      at = previous.differsFrom(area, geometry.deltaOffset(host) + geometry.sectorSize());
    }
    previous.update(area);
    looked = true;
    return new Look(events, examine, changes(ended));
  }

  private List<HostView> changes(long now) {
    List<HostView> changes = new ArrayList<>();
    for (HostEntry host : hosts.values()) {
      if (host.tell(state(host, now))) {
        changes.add(view(host, now));
      }
    }
    return changes;
  }

  /** Bytes of memory that the last look is kept in. */
  synchronized long keptBytes() {
    return previous.keptBytes();
  }

  /** Whether the area was looked at yet. */
  synchronized boolean looked() {
    return looked;
  }

  /** For the lease algorithms: empty while there is nothing reliable to say about that host. */
  synchronized Optional<HostSighting> sighting(long hostId) {
    if (!looked || !geometry.isHostId(hostId)) {
      return Optional.empty();
    }
    HostEntry entry = entry(hostId);
    // A record that cannot be trusted must not be mistaken for that of a host that left.
    return entry.trusted() ? Optional.of(entry.sighting(firstCheck, lastCheck)) : Optional.empty();
  }

  /** The last generation seen of a host, 0 if none. */
  synchronized long generation(long hostId) {
    return entry(hostId).generation();
  }

  /** The highest id whose record is not as the lockspace was formatted; 0 if there is none. */
  synchronized long highestUsed() {
    return hosts.isEmpty() ? 0 : hosts.lastKey();
  }

  /** Every host whose record was ever used, by rising id. */
  synchronized List<HostView> views(long now) {
    return hosts.values().stream().filter(HostEntry::everUsed).map(h -> view(h, now)).toList();
  }

  /** One host, also if it was never seen. */
  synchronized HostView view(long hostId, long now) {
    return view(entry(hostId), now);
  }

  private HostEntry entry(long hostId) {
    return hosts.getOrDefault(hostId, HostEntry.neverUsed(hostId));
  }

  private HostView view(HostEntry host, long now) {
    return host.view(seconds(firstCheck), seconds(lastCheck), state(host, now));
  }

  static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds();
  }

  /**
   * The verdict. Differs from docs/spec/algorithms.md 4.4 in one point: DEAD needs a look at the
   * area that still found no sign of life; without one, as when our own storage hangs or this host
   * was suspended, it stays FAIL.
   */
  private HostState state(HostEntry host, long now) {
    if (host.free()) {
      return HostState.FREE;
    }
    if (host.ownedBy(ownHostId)) {
      return HostState.LIVE;
    }
    long last = host.lastLive().orElse(firstCheck);
    int ioTimeout = timing.orOwn(host.ioTimeout());
    if (now - last <= Duration.ofSeconds(8L * ioTimeout).toNanos()) {
      return last == firstCheck ? HostState.UNKNOWN : HostState.LIVE;
    }
    boolean dead = host.trusted() && timing.isDead(last, lastLookStarted, ioTimeout);
    return dead ? HostState.DEAD : HostState.FAIL;
  }
}
