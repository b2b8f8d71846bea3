// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses the host id to try next: the one this host had last if it is free, else the lowest free
 * one, and after a lost race any of the lowest few, so that hosts which start together part. The
 * choice is only a guess: whether the id is ours is decided by the delta lease. Not thread-safe.
 */
final class HostIdChooser {

  /** One host's record as the choice sees it. */
  record Slot(long hostId, Use use, LeaderRecord record) {}

  /** What a record is to us. */
  enum Use {
    /** Nobody has it. */
    FREE,
    /** Held under our own name, by an instance that is vouched to be gone. */
    OURS,
    /** Held by another host, or by an earlier start of this one. */
    HELD,
    /** It fails its checks: not to be touched. */
    BAD
  }

  private final AutoHostId choice;
  private final RandomGenerator random;
  private final Set<Long> busy = new HashSet<>();

  HostIdChooser(AutoHostId choice, RandomGenerator random) {
    this.choice = choice;
    this.random = random;
  }

  /**
   * The records of an area, as far as the choice may use them.
   *
   * @param ourName our host name, and {@code vouched} whether its last user is gone
   */
  List<Slot> slots(
      MemorySegment area, Geometry geometry, Name lockspace, Name ourName, boolean vouched) {
    long highest = Math.min(geometry.maxHosts(), choice.highest().orElse(geometry.maxHosts()));
    List<Slot> slots = new ArrayList<>();
    for (long id = 1; id <= highest; id++) {
      LeaderRecord record = LeaderRecord.decode(area, geometry.deltaOffset(id));
      boolean ours = vouched && record.resourceName().sameName(ourName);
      slots.add(new Slot(id, use(record, lockspace, ours), record));
    }
    return slots;
  }

  private static Use use(LeaderRecord record, Name lockspace, boolean ours) {
    try {
      record.verifyDelta(lockspace);
    } catch (LeaseException e) {
      return Use.BAD;
    }
    if (record.isFree()) {
      return Use.FREE;
    }
    return ours ? Use.OURS : Use.HELD;
  }

  /** The id to try next that can be had without the long wait; empty if there is none. */
  OptionalLong next(List<Slot> slots) {
    List<Long> candidates =
        slots.stream()
            .filter(slot -> slot.use() == Use.FREE || slot.use() == Use.OURS)
            .map(Slot::hostId)
            .filter(id -> !busy.contains(id))
            .toList();
    if (candidates.isEmpty()) {
      return OptionalLong.empty();
    }
    if (choice.preferred().isPresent() && candidates.contains(choice.preferred().getAsLong())) {
      return choice.preferred();
    }
    // As many as there may be rivals: the window doubles with every race that was lost.
    int window = (int) Math.min(candidates.size(), 1L << Math.min(busy.size(), 16));
    return OptionalLong.of(candidates.get(random.nextInt(window)));
  }

  /**
   * An id whose record did not change between two looks, to be taken over with the long wait; the
   * preferred one first, then the lowest.
   */
  OptionalLong nextStale(List<Slot> before, List<Slot> after) {
    List<Long> stale = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      Slot slot = after.get(i);
      if (slot.use() == Use.HELD
          && !busy.contains(slot.hostId())
          && slot.record().equals(before.get(i).record())) {
        stale.add(slot.hostId());
      }
    }
    if (stale.isEmpty()) {
      return OptionalLong.empty();
    }
    long preferred = choice.preferred().orElse(0);
    return OptionalLong.of(stale.contains(preferred) ? preferred : stale.getFirst());
  }

  /** A try ended with "in use": this id is not tried again. */
  void busy(long hostId) {
    busy.add(hostId);
  }

  /** The longest io timeout among the held records: their owners write at least every 2N + 2 s. */
  static int longestIoTimeout(List<Slot> slots, int own) {
    return slots.stream()
        .filter(slot -> slot.use() == Use.HELD)
        .mapToInt(slot -> slot.record().ioTimeout())
        .map(seconds -> Math.min(seconds, 0xFF))
        .reduce(own, Math::max);
  }
}
