// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.area.LockspaceImage;
import dev.leasehold.cli.area.LockspaceImage.Slot;
import dev.leasehold.cli.area.LockspaceReader;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.LeaderRecord;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * Finds out which hosts are alive by looking at the lockspace more than once: a live host changes
 * its record every 2N seconds and a little (docs/spec/algorithms.md 2.3). Of the runs and the
 * daemon of this machine the first look tells everything, because their timestamps are of this
 * machine's clock; of other hosts it does where that daemon has watched them.
 */
final class HostObserver {
  private static final long LOOK_MILLIS = 500;

  /** A renewal takes place up to 1.5 s after its time; whole seconds blur the rest. */
  private static final int LATENESS = 2;

  private final LockspaceReader reader;
  private final Clock clock;
  private final String bootId;
  private final List<RunRecord> runs;
  private final Terminal terminal;
  private final Optional<HostsByDaemon> daemon;
  private final Map<Long, HostLine> lines = new LinkedHashMap<>();
  private final Map<Long, LeaderRecord> first = new LinkedHashMap<>();

  /**
   * @param runs of this machine
   * @param daemon of this host, if it has joined the lockspace
   */
  HostObserver(
      LockspaceReader reader,
      Clock clock,
      String bootId,
      List<RunRecord> runs,
      Terminal terminal,
      Optional<DaemonFacts> daemon) {
    this.reader = reader;
    this.clock = clock;
    this.bootId = bootId;
    this.runs = runs;
    this.terminal = terminal;
    this.daemon = daemon.map(facts -> new HostsByDaemon(facts, clock));
  }

  /** Looks once. */
  void look() throws Failure {
    LockspaceImage image = reader.read();
    for (Slot slot : image.used()) {
      first.put(slot.hostId(), slot.record());
      lines.put(slot.hostId(), line(slot));
    }
  }

  /** Every host id that was ever used. */
  List<HostLine> lines() {
    return List.copyOf(lines.values());
  }

  /** One of them. */
  Optional<HostLine> line(long hostId) {
    return Optional.ofNullable(lines.get(hostId));
  }

  private HostLine line(Slot slot) {
    LeaderRecord record = slot.record();
    Optional<RunRecord> run = runOf(record);
    State state =
        slot.fault().isPresent() ? State.DAMAGED : record.isFree() ? State.LEFT : State.UNKNOWN;
    HostLine line =
        new HostLine(
            slot.hostId(),
            record.resourceName().toString(),
            record.ownerGeneration(),
            record.timestamp(),
            record.ioTimeout(),
            state,
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            run,
            slot.fault());
    if (state != State.UNKNOWN) {
      return line;
    }
    boolean own = run.isPresent() || daemon.filter(known -> known.isOwn(line)).isPresent();
    return own ? byOwnClock(line) : daemon.map(known -> known.judged(line)).orElse(line);
  }

  private Optional<RunRecord> runOf(LeaderRecord record) {
    String name = record.resourceName().toString();
    return runs.stream()
        .filter(run -> run.owner().equals(name) && run.bootId().equals(bootId))
        .findFirst();
  }

  private HostLine byOwnClock(HostLine line) {
    Duration age = Duration.ofSeconds(Math.max(0, clock.monotonicSeconds() - line.timestamp()));
    State state = age.compareTo(period(line)) <= 0 ? State.ALIVE : State.SILENT;
    return line.observed(state, Optional.of(age), Duration.ZERO);
  }

  /** Within which a live host renews. */
  static Duration period(HostLine line) {
    return Duration.ofSeconds(2L * Math.max(1, line.ioTimeout()) + LATENESS);
  }

  /**
   * Looks again until it is known of all these hosts whether they are alive.
   *
   * @param wanted which host ids matter
   */
  void observe(LongPredicate wanted) throws Failure {
    long start = clock.bootNanos();
    while (lines.values().stream().anyMatch(line -> isOpen(line, wanted))) {
      terminal.progress(
          "at most "
              + secondsLeft(wanted, start)
              + " s left: watching whether the hosts renew their leases");
      sleep();
      Duration watched = Duration.ofNanos(clock.bootNanos() - start);
      LockspaceImage image = reader.read();
      for (HostLine line : List.copyOf(lines.values())) {
        if (isOpen(line, wanted)) {
          lines.put(line.hostId(), lookedAgain(line, image.slot(line.hostId()), watched));
        }
      }
    }
    terminal.endProgress();
  }

  private static boolean isOpen(HostLine line, LongPredicate wanted) {
    return line.state() == State.UNKNOWN && wanted.test(line.hostId());
  }

  private HostLine lookedAgain(HostLine line, Slot slot, Duration watched) {
    if (!slot.record().equals(first.get(line.hostId()))) {
      HostLine changed = line(slot);
      return changed.state() == State.UNKNOWN
          ? changed.observed(State.ALIVE, Optional.of(Duration.ZERO), Duration.ZERO)
          : changed;
    }
    // The daemon has watched it for longer already.
    Duration unchanged = watched.plus(line.silence());
    return unchanged.compareTo(period(line)) > 0
        ? line.observed(State.SILENT, Optional.empty(), unchanged)
        : line;
  }

  private long secondsLeft(LongPredicate wanted, long start) {
    long watched = Duration.ofNanos(clock.bootNanos() - start).toSeconds();
    return lines.values().stream()
        .filter(line -> isOpen(line, wanted))
        .mapToLong(line -> period(line).minus(line.silence()).toSeconds() - watched)
        .map(left -> Math.max(0, left))
        .max()
        .orElse(0);
  }

  private static void sleep() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread.
    }
  }
}
