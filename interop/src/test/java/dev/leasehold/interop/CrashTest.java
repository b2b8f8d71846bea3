// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.ffi.TimeCalls;
import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * kill -9 at every transfer of an acquisition and of a release, and at the opening of the file, of
 * the holder (who asks itself, or for whom another process asks) and of our daemon; the transfer
 * that it strikes lands late, or never. Each step has a lease and a storage of its own, so all of
 * them are stopped first and struck at once. Afterwards disk, daemon and processes agree, and a C
 * host takes what is free and nothing else.
 */
@Execution(ExecutionMode.CONCURRENT) // each test has a lab of its own, and mostly waits
@Timeout(600) // a dead host is waited for up to twice
@ResourceLock("cpu") // two that use all they can get would starve each other
class CrashTest {
  private static final String SPACE = "LS0";
  private static final int IO_TIMEOUT = 3;
  private static final int HELD_BY_LIVE_HOST = -243;

  /** 8 N + W with W = 60: not earlier after the last renewal (algorithms.md 1.3). */
  private static final double HOST_DEAD = 8 * IO_TIMEOUT + 60;

  /**
   * A transfer took longer than the io timeout, or the one of such an attempt is still on its way.
   */
  private static final Set<Integer> TOO_SLOW = Set.of(202, 211, 11);

  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(90));

  private Lab lab;
  private Path lockspace;
  private SocketHost ours;
  private SocketHost theirs;
  private final List<Stopped> steps = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    Lab.needsSanlock();
    Lab.needsFuse();
    lab = Lab.open();
    lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    ours = lab.ourSocketHost("our-host");
    theirs = lab.cHost("c-host");
    Both.run(
        () -> ours.join(SPACE, 1, lockspace, IO_TIMEOUT),
        () -> theirs.join(SPACE, 2, lockspace, IO_TIMEOUT));
  }

  @AfterEach
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  /** A client for whom a command was stopped in the middle. */
  private static final class Stopped {
    final FaultFs storage;
    final LeaseFile lease;
    final CWorker client;

    /** Who gave the command: the client itself, or somebody else for it. */
    final CWorker asker;

    final boolean release;
    final boolean late;

    Stopped(
        FaultFs storage,
        LeaseFile lease,
        CWorker client,
        CWorker asker,
        boolean release,
        boolean late) {
      this.storage = storage;
      this.lease = lease;
      this.client = client;
      this.asker = asker;
      this.release = release;
      this.late = late;
    }

    /** What is to be released is acquired, by all at once: on a busy machine not the first time. */
    void go() throws Exception {
      if (release) {
        SOON.holds("acquired: " + lease.name(), this::acquired);
      }
    }

    private boolean acquired() throws IOException, CWorker.SanlockError {
      try {
        client.acquire(lease.space(), lease.name(), lease.path(), false);
        return true;
      } catch (CWorker.SanlockError e) {
        if (TOO_SLOW.contains(Math.abs(e.code()))) {
          return false;
        }
        throw e;
      }
    }

    void command(String hang) throws IOException {
      storage.command(hang);
      String call =
          "sanlock.%s(%s, %s, [(%s, 0)], %s)"
              .formatted(
                  release ? "release" : "acquire",
                  CWorker.bytes(lease.space()),
                  CWorker.bytes(lease.name()),
                  CWorker.text(lease.path()),
                  asker == client ? "slkfd=fd" : "pid=" + client.pid());
      asker.send(call);
    }

    /** The transfer that hangs lands now, or never. */
    void settle() throws IOException {
      if (late) {
        storage.heal();
      } else {
        storage.drop();
      }
    }

    LeaseFile withoutFaults() {
      return new LeaseFile(
          lease.space(), lease.name(), storage.backing().resolve(lease.path().getFileName()));
    }

    LeaderRecord leader() {
      return AreaFile.read(withoutFaults().path()).leader();
    }

    boolean ownedBy(int hostId) {
      return !leader().isFree() && leader().ownerId() == hostId;
    }
  }

  /**
   * Where a command is stopped.
   *
   * @param command acquire or release
   * @param kind of call to the storage
   * @param skip calls of that kind that pass before
   * @param byOther whether another process asks for it, by the holder's pid
   */
  private record Point(String command, String kind, int skip, boolean byOther) {}

  private static List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (String command : List.of("acquire", "release")) {
      points.add(new Point(command, "open", 0, false));
      for (String kind : List.of("read", "write")) {
        for (int skip = 0; skip < 3; skip++) {
          points.add(new Point(command, kind, skip, false));
        }
      }
      points.add(new Point(command, "write", 0, true));
    }
    points.add(new Point("acquire", "open", 0, true));
    points.add(new Point("acquire", "read", 0, true));
    points.add(new Point("acquire", "write", 2, true));
    return points;
  }

  /**
   * Stops a client at each call; what hangs will land late in one of two, and never in the other.
   */
  private void stopEverywhere() throws Exception {
    List<Both.Step> starts = new ArrayList<>();
    Map<Stopped, Point> where = new LinkedHashMap<>();
    for (Point point : points()) {
      for (boolean late : List.of(true, false)) {
        Stopped step = stopped(point, late);
        steps.add(step);
        where.put(step, point);
        String hang = point.kind() + " hang " + point.skip();
        starts.add(
            () -> {
              step.client.register();
              step.go();
              step.command(hang);
            });
      }
    }
    Both.run(starts);
    for (Stopped step : steps) {
      SOON.holds("it hangs or is over", () -> step.storage.hanging() > 0 || step.asker.answered());
    }
    Set<Point> hanging = new LinkedHashSet<>();
    int count = 0;
    for (Stopped step : steps) {
      if (step.storage.hanging() > 0) {
        hanging.add(Objects.requireNonNull(where.get(step)));
        count++;
      }
    }
    System.out.printf("crash: %d of %d commands stopped in a transfer%n", count, steps.size());
    assertThat(count).isGreaterThanOrEqualTo(12);
    assertThat(hanging)
        // On a busy machine a command may end by its timeout before it comes to its point.
        .anyMatch(point -> point.kind().equals("open"))
        .anyMatch(point -> point.byOther() && point.command().equals("acquire"))
        .anyMatch(point -> point.byOther() && point.command().equals("release"));
  }

  private Stopped stopped(Point point, boolean late) throws Exception {
    String name = point.command() + point.kind() + point.skip() + point.byOther() + late;
    FaultFs storage = lab.faultFs();
    Lab.resource(storage.backing().resolve(name), SPACE, name);
    LeaseFile lease = new LeaseFile(SPACE, name, storage.mount().resolve(name));
    CWorker client = ours.daemon().worker();
    CWorker asker = point.byOther() ? ours.daemon().worker() : client;
    return new Stopped(storage, lease, client, asker, point.command().equals("release"), late);
  }

  private static int takenBy(SocketHost host, LeaseFile lease) throws Exception {
    return Refused.codeOf(() -> host.acquire(lease, false));
  }

  /** What the daemon says is held: lines "r LS0:name:…". */
  private String held() {
    return ours.daemon()
        .client("status")
        .output()
        .lines()
        .filter(line -> line.startsWith("r "))
        .reduce("", (all, line) -> all + line + "\n");
  }

  @Test
  void ofTheClient() throws Exception {
    stopEverywhere();
    steps.forEach(step -> step.client.kill());
    for (Stopped step : steps) {
      step.settle();
    }
    SOON.holds("the daemon holds nothing", () -> held().isEmpty());
    for (Stopped step : steps) {
      SOON.holds("free: " + step.lease.name(), () -> takenBy(theirs, step.withoutFaults()) == 0);
      assertThat(step.leader().ownerId()).isEqualTo(2);
      assertThat(takenBy(ours, step.lease)).isEqualTo(HELD_BY_LIVE_HOST);
      theirs.release(step.withoutFaults());
      ours.acquire(step.lease, false);
      assertThat(held()).contains(step.lease.name());
      ours.release(step.lease);
    }
    assertThat(held()).isEmpty();
  }

  @Test
  void ofTheDaemon() throws Exception {
    stopEverywhere();
    ours.daemon().kill();
    for (Stopped step : steps) {
      step.settle();
    }
    ours.daemon().awaitEnd();
    double last = lastRenewal(lockspace);
    List<Stopped> left = steps.stream().filter(step -> step.ownedBy(1)).toList();
    assertThat(left).as("leases left to the host lease of the dead daemon").isNotEmpty();
    assertThat(left).as("the others were free").hasSizeLessThan(steps.size());
    // Those first: after its next look the other host would wait until the dead one counts as such.
    for (Stopped step : Stream.concat(left.stream(), steps.stream()).distinct().toList()) {
      // The other host may carry a ballot of the dead one to its end; then it is the dead one's.
      boolean granted = takenBy(theirs, step.withoutFaults()) == 0;
      LeaderRecord leader = step.leader();
      assertThat(leader.isFree()).as(step.lease.name()).isFalse();
      assertThat(leader.ownerId()).as(step.lease.name()).isEqualTo(granted ? 2 : 1);
      if (granted) {
        assertThat(left.contains(step) ? TimeCalls.monotonicNanos() / 1e9 - last : HOST_DEAD)
            .as("seconds from the last renewal of its owner: %s", step.lease.name())
            .isGreaterThanOrEqualTo(HOST_DEAD);
        theirs.release(step.withoutFaults());
      }
      step.client.kill();
    }

    // Started again it waits until the former one counts as dead, and then has what that one had.
    SocketHost again = lab.ourSocketHost("our-host");
    again.join(SPACE, 1, lockspace, IO_TIMEOUT);
    for (Stopped step : steps) {
      again.acquire(step.lease, false);
      assertThat(step.leader().ownerGeneration()).isEqualTo(2);
      assertThat(takenBy(theirs, step.withoutFaults())).isEqualTo(HELD_BY_LIVE_HOST);
      again.release(step.lease);
    }
  }

  @Test
  void storageThatHangs() throws Exception {
    FaultFs storage = lab.faultFs();
    Path space = Lab.lockspace(storage.mount().resolve("space"), "LS1", IO_TIMEOUT);
    Path sameSpace = storage.backing().resolve("space");
    LeaseFile lease = new LeaseFile("LS1", "kept", lab.resource("LS1", "kept"));
    Both.run(
        () -> ours.join("LS1", 1, space, IO_TIMEOUT),
        () -> theirs.join("LS1", 2, sameSpace, IO_TIMEOUT));
    ours.acquire(lease, false);

    long before = lastRenewal(sameSpace);
    storage.command("write hang");
    SOON.holds("a renewal hangs", () -> storage.hanging() > 0);
    storage.heal();
    SOON.holds("it is renewed again", () -> lastRenewal(sameSpace) > before);
    assertThat(ours.holderAlive()).isTrue();
    assertThat(takenBy(theirs, lease)).isEqualTo(HELD_BY_LIVE_HOST);
    assertThat(held()).contains("kept");

    storage.command("write hang");
    storage.command("read hang");
    SOON.holds("the holder is killed", () -> !ours.holderAlive());
    storage.drop();
    SOON.holds("it is given up here", () -> held().isEmpty());
    SOON.holds(
        "the lockspace is gone", () -> !ours.daemon().client("status").output().contains("LS1"));
  }

  private static long lastRenewal(Path space) {
    return AreaFile.read(space).delta(1).leader().timestamp();
  }
}
