// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One host of a {@link HostStatusTable}, which guards it.
 *
 * <p>What the record says of the host is taken over only from a record that passes the checks; that
 * it changed counts as a sign of life all the same (docs/spec/algorithms.md 8, item 22), because a
 * sector torn by the storage was being written by somebody.
 */
final class HostEntry {

  private final long hostId;

  // As last read, good or bad: only for telling whether it changed.
  private long rawOwner;
  private long rawGeneration;
  private long rawTimestamp;

  // As last read from a good record.
  private boolean good;
  private long ownerId;
  private long generation;
  private Name ownerName = Name.EMPTY;
  private long timestamp;
  private int ioTimeout;

  private OptionalLong lastLive = OptionalLong.empty();
  private OptionalLong lastRequest = OptionalLong.empty();
  private boolean lastWasGood;
  private HostState told = HostState.FREE;

  HostEntry(long hostId) {
    this.hostId = hostId;
  }

  /** A host whose record is as the lockspace was formatted. */
  static HostEntry neverUsed(long hostId) {
    HostEntry entry = new HostEntry(hostId);
    entry.good = true;
    entry.lastWasGood = true;
    return entry;
  }

  /** Takes a look at its record; true if owner, generation or timestamp changed. */
  boolean seen(LeaderRecord record, Name lockspace, long now) {
    lastWasGood = passes(record, lockspace);
    good |= lastWasGood;
    if (record.ownerId() == rawOwner
        && record.ownerGeneration() == rawGeneration
        && record.timestamp() == rawTimestamp) {
      return false;
    }
    rawOwner = record.ownerId();
    rawGeneration = record.ownerGeneration();
    rawTimestamp = record.timestamp();
    lastLive = OptionalLong.of(now);
    if (lastWasGood) {
      ownerId = record.ownerId();
      generation = record.ownerGeneration();
      ownerName = record.resourceName();
      timestamp = record.timestamp();
      ioTimeout = record.ioTimeout();
    }
    return true;
  }

  private static boolean passes(LeaderRecord record, Name lockspace) {
    try {
      record.verifyDelta(lockspace);
      return true;
    } catch (LeaseException e) {
      return false;
    }
  }

  /** Whether the sector, just seen changed, has something for host {@code own}. */
  boolean addresses(DeltaSector sector, long own) {
    return lastWasGood && hostId != own && sector.bitmap().contains(own);
  }

  /** The event in the sector, if there is one. */
  Optional<ReceivedEvent> event(DeltaSector sector, long own) {
    HostEvent event = sector.leader().event();
    return event.isNone()
        ? Optional.empty()
        : Optional.of(
            new ReceivedEvent(
                own, event.generation(), event.event(), event.data(), hostId, generation));
  }

  /** Whether a request of this host is to be looked at: not too soon after the last one. */
  boolean acceptRequest(long now, long intervalNanos) {
    if (lastRequest.isPresent() && now - lastRequest.getAsLong() < intervalNanos) {
      return false;
    }
    lastRequest = OptionalLong.of(now);
    return true;
  }

  /** Whether {@code state} is another one than was told last. */
  boolean tell(HostState state) {
    boolean changed = told != state;
    told = state;
    return changed;
  }

  /** Whether its record was ever other than never used. */
  boolean everUsed() {
    return lastLive.isPresent();
  }

  /**
   * Whether its record passed the checks at the last look. If not, as when it carries a flag of a
   * newer sanlock whose hosts may live without renewing, its silence proves nothing.
   */
  boolean trusted() {
    return lastWasGood;
  }

  /** Whether its last good record is free or was never used. */
  boolean free() {
    return good && timestamp == 0;
  }

  boolean ownedBy(long id) {
    return ownerId == id;
  }

  long generation() {
    return generation;
  }

  int ioTimeout() {
    return ioTimeout;
  }

  OptionalLong lastLive() {
    return lastLive;
  }

  /**
   * For the lease algorithms. Unlike in sanlock the first look is no sign of life, only the moment
   * from which silence counts: else the leases of a host that was gone before we joined would be
   * refused as held by a live one until the second look. So that look must not seem to be the last
   * one at which the record had changed.
   */
  HostSighting sighting(long firstCheck, long lastCheck) {
    boolean onlySeenOnce = lastLive.isPresent() && lastLive.getAsLong() == firstCheck;
    return new HostSighting(
        hostId,
        ownerId,
        generation,
        ownerName,
        timestamp,
        ioTimeout,
        firstCheck,
        onlySeenOnce ? Math.max(lastCheck, firstCheck + 1) : lastCheck,
        lastLive);
  }

  HostView view(long firstCheckSeconds, long lastCheckSeconds, HostState state) {
    return new HostView(
        hostId,
        ownerId,
        generation,
        ownerName,
        timestamp,
        ioTimeout,
        firstCheckSeconds,
        lastCheckSeconds,
        HostStatusTable.seconds(lastLive.orElse(0)),
        HostStatusTable.seconds(lastRequest.orElse(0)),
        state);
  }
}
