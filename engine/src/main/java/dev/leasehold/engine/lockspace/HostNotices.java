// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What this host tells the others with its renewals: one event and a bit per host, each for a while
 * (docs/spec/algorithms.md 4.5). Times are boot-time nanoseconds. Thread-safe.
 */
final class HostNotices {

  private final long ownHostId;
  private final int maxHosts;
  private final long keepNanos;
  private final Map<Long, Long> bitSince = new TreeMap<>();
  private HostEvent event = HostEvent.NONE;
  private long eventSince;

  /**
   * @param keepNanos how long a bit stays set
   */
  HostNotices(long ownHostId, int maxHosts, long keepNanos) {
    this.ownHostId = ownHostId;
    this.maxHosts = maxHosts;
    this.keepNanos = keepNanos;
  }

  /** Has a host look at the request records of its leases. */
  synchronized void notifyHost(long hostId, long now) {
    setBit(hostId, now);
  }

  /**
   * Sets or clears what is told; the cases are tested in the order of docs/spec/wire.md 4.20.
   *
   * @throws LeaseException EBUSY if another event is still being told
   */
  synchronized void setEvent(long hostId, HostEvent wanted, Set<HostEventFlag> flags, long now)
      throws LeaseException {
    if (flags.contains(HostEventFlag.CLEAR_EVENT)) {
      event = HostEvent.NONE;
      return;
    }
    if (flags.contains(HostEventFlag.CLEAR_HOST)) {
      bitSince.remove(hostId);
      return;
    }
    if (!flags.contains(HostEventFlag.REPLACE) && isTellingOther(wanted, now)) {
      throw new LeaseException(
          ErrorCode.EBUSY,
          "event " + event.event() + " is still being told to other hosts; try again later");
    }
    event = wanted;
    eventSince = now;
    if (flags.contains(HostEventFlag.ALL_HOSTS)) {
      LongStream.rangeClosed(1, maxHosts).forEach(host -> setBit(host, now));
    } else {
      setBit(hostId, now);
    }
  }

  private boolean isTellingOther(HostEvent wanted, long now) {
    return !event.isNone()
        && !wanted.isNone()
        && !event.equals(wanted)
        && now - eventSince < keepNanos;
  }

  // Our own bit is never set; an owner id read from a damaged lease may have no bit at all.
  private void setBit(long hostId, long now) {
    if (hostId != ownHostId && hostId >= 1 && hostId <= maxHosts) {
      bitSince.put(hostId, now);
    }
  }

  /** The bits that go out with a renewal at {@code now}. */
  synchronized HostBitmap bitmap(long now) {
    bitSince.values().removeIf(since -> now - since >= keepNanos);
    List<Long> hosts = new ArrayList<>(bitSince.keySet());
    return hosts.isEmpty() ? HostBitmap.EMPTY : HostBitmap.of(hosts);
  }

  /** The event that goes out with a renewal; it stays when its bits have expired. */
  synchronized HostEvent event() {
    return event;
  }
}
