// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.area.LockspaceImage;
import dev.leasehold.cli.area.LockspaceImage.Slot;
import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.LeaderRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Follows the hosts of a lockspace for as long as somebody looks: a live host changes its record
 * every 2N seconds and a little (docs/spec/algorithms.md 2.3). The age of a record that was seen to
 * change is known to the interval of the looks; of one that was not, only that it is older than the
 * watching. Not thread-safe.
 */
final class HostWatch {
  /** A renewal takes place up to 1.5 s after its time; whole seconds blur the rest. */
  private static final int LATENESS = 2;

  private final Clock clock;
  private final Map<Long, Seen> seen = new HashMap<>();

  private record Seen(LeaderRecord record, long sinceNanos, boolean changed) {}

  HostWatch(Clock clock) {
    this.clock = clock;
  }

  /**
   * Looks at all of them.
   *
   * @param runs of this machine
   * @param isOwn whether a run is of this boot of this machine
   * @param daemonsId the host id of this machine's daemon: its timestamps are of this clock
   */
  List<HostLine> look(
      LockspaceImage image,
      List<RunRecord> runs,
      Predicate<RunRecord> isOwn,
      OptionalLong daemonsId) {
    List<HostLine> lines = new ArrayList<>();
    for (Slot slot : image.used()) {
      String name = slot.record().resourceName().toString();
      Optional<RunRecord> run =
          runs.stream().filter(one -> one.owner().equals(name) && isOwn.test(one)).findFirst();
      boolean ownClock =
          run.isPresent() || (daemonsId.isPresent() && daemonsId.getAsLong() == slot.hostId());
      lines.add(judged(line(slot, run), slot.record(), ownClock));
    }
    return lines;
  }

  private static HostLine line(Slot slot, Optional<RunRecord> run) {
    LeaderRecord record = slot.record();
    return new HostLine(
        slot.hostId(),
        record.resourceName().toString(),
        record.ownerGeneration(),
        record.timestamp(),
        record.ioTimeout(),
        slot.fault().isPresent() ? State.DAMAGED : record.isFree() ? State.LEFT : State.UNKNOWN,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        run,
        slot.fault());
  }

  private HostLine judged(HostLine line, LeaderRecord record, boolean ownClock) {
    Seen now = follow(line.hostId(), record);
    if (line.state() != State.UNKNOWN) {
      return line;
    }
    Duration watched = Duration.ofNanos(Math.max(0, clock.bootNanos() - now.sinceNanos()));
    if (ownClock || now.changed()) {
      Duration age =
          ownClock
              ? Duration.ofSeconds(Math.max(0, clock.monotonicSeconds() - line.timestamp()))
              : watched;
      State state = age.compareTo(period(line)) <= 0 ? State.ALIVE : State.SILENT;
      return line.observed(state, Optional.of(age), Duration.ZERO);
    }
    State state = watched.compareTo(period(line)) <= 0 ? State.UNKNOWN : State.SILENT;
    return line.observed(state, Optional.empty(), watched);
  }

  private Seen follow(long hostId, LeaderRecord record) {
    Seen before = seen.get(hostId);
    Seen now =
        before != null && before.record().equals(record)
            ? before
            : new Seen(record, clock.bootNanos(), before != null);
    seen.put(hostId, now);
    return now;
  }

  /** Within which a live host renews. */
  private static Duration period(HostLine line) {
    return Duration.ofSeconds(2L * Math.max(1, line.ioTimeout()) + LATENESS);
  }
}
