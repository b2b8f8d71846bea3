// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.ffi.TimeCalls;
import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A C daemon and one of ours in one lockspace, through the same libsanlock, in both directions. */
@Execution(ExecutionMode.CONCURRENT) // each test has a lab of its own, and mostly waits
@Timeout(600)
class SocketClusterTest {
  private static final String SPACE = "LS0";
  private static final int HELD_BY_LIVE_HOST = -243;
  private static final int IN_THE_WAY = -11;
  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(60));

  private static final int IO_TIMEOUT = 2;

  /** 8 N + W with W = 60: not earlier after the last renewal (algorithms.md 1.3). */
  private static final double HOST_DEAD = 8 * IO_TIMEOUT + 60;

  /** As in {@link TakeoverInteropTest}: usually some seconds after {@link #HOST_DEAD}. */
  private static final double AT_LAST = 2 * HOST_DEAD;

  /** How often a request is repeated until it is followed. */
  private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

  private Lab lab;
  private Path lockspace;
  private SocketHost theirs;
  private SocketHost ours;

  @BeforeEach
  void open() throws Exception {
    Lab.needsSanlock();
    lab = Lab.open();
    lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    theirs = lab.cHost("c-host");
    ours = lab.ourSocketHost("our-host");
    Both.run(
        () -> theirs.join(SPACE, 1, lockspace, IO_TIMEOUT),
        () -> ours.join(SPACE, 2, lockspace, IO_TIMEOUT));
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private LeaseFile resource(String name) throws IOException {
    return new LeaseFile(SPACE, name, lab.resource(SPACE, name));
  }

  private static int acquire(SocketHost host, LeaseFile lease, boolean shared) throws Exception {
    return Refused.codeOf(() -> host.acquire(lease, shared));
  }

  private static LeaderRecord leader(LeaseFile lease) {
    return AreaFile.read(lease.path()).leader();
  }

  private interface Way {
    void go(SocketHost from, SocketHost to) throws Exception;
  }

  private void bothWays(Way way) throws Exception {
    way.go(theirs, ours);
    way.go(ours, theirs);
  }

  @Test
  void exclusiveAndSharedLeasesKeepTheOtherOut() throws Exception {
    bothWays(
        (one, two) -> {
          LeaseFile lease = resource("both" + one.name());
          one.acquire(lease, false);
          assertThat(acquire(two, lease, false)).isEqualTo(HELD_BY_LIVE_HOST);
          assertThat(acquire(two, lease, true)).isEqualTo(HELD_BY_LIVE_HOST);
          one.convert(lease, true);
          SOON.holds("the other shares", () -> acquire(two, lease, true) == 0);
          assertThat(Refused.codeOf(() -> one.convert(lease, false))).isEqualTo(IN_THE_WAY);
          one.release(lease);
          assertThat(acquire(one.withOtherHolder(), lease, false)).isEqualTo(IN_THE_WAY);
          two.convert(lease, false);
          assertThat(leader(lease).ownerId()).isEqualTo(two == theirs ? 1 : 2);
          assertThat(acquire(one, lease, true)).isEqualTo(HELD_BY_LIVE_HOST);
          two.release(lease);
          assertThat(leader(lease).isFree()).isTrue();
        });
  }

  @Test
  void valuesAreHandedOver() throws Exception {
    bothWays(
        (one, two) -> {
          LeaseFile lease = resource("value" + one.name());
          one.acquireWithValue(lease);
          one.setValue(lease, "from " + one.name());
          one.release(lease);
          two.acquireWithValue(lease);
          assertThat(two.value(lease, 5 + one.name().length())).isEqualTo("from " + one.name());
          two.release(lease);
        });
  }

  @Test
  void eventsReachTheOther() throws Exception {
    theirs.listen(SPACE);
    ours.listen(SPACE);
    // A host may be told something once it has been seen alive.
    SOON.holds("ours knows theirs", () -> told(ours, 1, 5, 6) == 0);
    assertThat(theirs.heard()).isEqualTo("2 1 5 6");
    SOON.holds("theirs knows ours", () -> told(theirs, 2, 7, 8) == 0);
    assertThat(ours.heard()).isEqualTo("1 1 7 8");
  }

  private static int told(SocketHost from, int to, long event, long data) throws Exception {
    return Refused.codeOf(() -> from.tell(SPACE, to, 1, event, data));
  }

  @Test
  void requestsStopTheHolder() throws Exception {
    for (boolean force : List.of(false, true)) {
      bothWays(
          (one, two) -> {
            LeaseFile lease = resource("asked" + one.name() + force);
            SocketHost holder = one.withOtherHolder();
            holder.acquire(lease, false);
            askUntilGone(two, lease, force, holder);
            SOON.holds("the lease is free", () -> leader(lease).isFree());
            two.acquire(lease, false);
            two.release(lease);
          });
    }
  }

  /**
   * A host may pass over a request that comes in the moment of its own renewal, and follows none
   * for 6 io timeouts after another, so ask again, as clients do.
   */
  private static void askUntilGone(
      SocketHost asker, LeaseFile lease, boolean force, SocketHost holder) throws Exception {
    long[] next = {System.nanoTime()};
    Eventually.within(Duration.ofSeconds(120))
        .holds(
            "the holder of %s is gone, force %s".formatted(lease.name(), force),
            () -> {
              if (!holder.holderAlive()) {
                return true;
              }
              if (System.nanoTime() - next[0] >= 0) {
                next[0] = System.nanoTime() + ASK_AGAIN_NANOS;
                asker.ask(lease, force);
              }
              return false;
            });
  }

  @Test
  void whoLeavesInGoodOrderIsSucceededAtOnce() throws Exception {
    LeaseFile their = resource("their");
    LeaseFile our = resource("our");
    SocketHost cHeir = lab.cHost("c-heir");
    SocketHost ourHeir = lab.ourSocketHost("our-heir");
    Both.run(
        () -> cHeir.join(SPACE, 3, lockspace, IO_TIMEOUT),
        () -> ourHeir.join(SPACE, 4, lockspace, IO_TIMEOUT));
    theirs.acquire(their, false);
    ours.acquire(our, false);
    assertThat(acquire(ourHeir, their, false)).isEqualTo(HELD_BY_LIVE_HOST);
    assertThat(acquire(cHeir, our, false)).isEqualTo(HELD_BY_LIVE_HOST);
    Both.run(() -> theirs.leave(SPACE, 1, lockspace), () -> ours.leave(SPACE, 2, lockspace));
    SOON.holds("their holder is gone", () -> !theirs.holderAlive());
    SOON.holds("our holder is gone", () -> !ours.holderAlive());
    ourHeir.acquire(their, false);
    cHeir.acquire(our, false);
  }

  @Test
  void theDeadAreSucceededInTimeAndNotTooEarly() throws Exception {
    LeaseFile theirA = resource("theirA");
    LeaseFile theirB = resource("theirB");
    LeaseFile ourA = resource("ourA");
    LeaseFile ourB = resource("ourB");
    SocketHost cHeir = lab.cHost("c-heir");
    SocketHost ourHeir = lab.ourSocketHost("our-heir");
    SocketHost cSuccessor = lab.cHost("c-successor");
    SocketHost ourSuccessor = lab.ourSocketHost("our-successor");
    Both.run(
        () -> cHeir.join(SPACE, 3, lockspace, IO_TIMEOUT),
        () -> ourHeir.join(SPACE, 4, lockspace, IO_TIMEOUT));
    for (LeaseFile lease : List.of(theirA, theirB)) {
      theirs.acquire(lease, false);
    }
    for (LeaseFile lease : List.of(ourA, ourB)) {
      ours.acquire(lease, false);
    }
    theirs.daemon().crash();
    ours.daemon().crash();
    double theirLast = AreaFile.read(lockspace).delta(1).leader().timestamp();
    double ourLast = AreaFile.read(lockspace).delta(2).leader().timestamp();

    ConcurrentMap<String, Double> taken = new ConcurrentHashMap<>();
    Both.run(
        heir(taken, "theirs by us", ourHeir, theirA),
        heir(taken, "ours by us", ourHeir.withOtherHolder(), ourA),
        heir(taken, "theirs by them", cHeir, theirB),
        heir(taken, "ours by them", cHeir.withOtherHolder(), ourB),
        successor(taken, "their id by us", ourSuccessor, 1),
        successor(taken, "our id by them", cSuccessor, 2));

    System.out.printf(
        "at the socket: last renewals: theirs %.0f s, ours %.0f s; taken: %s%n",
        theirLast, ourLast, taken);
    taken.forEach(
        (what, at) ->
            assertThat(at - (what.startsWith("their") ? theirLast : ourLast))
                .as("seconds from the last renewal on disk: %s", what)
                .isBetween(HOST_DEAD, AT_LAST));
    assertThat(AreaFile.read(lockspace).delta(1).leader().ownerGeneration()).isEqualTo(2);
    assertThat(AreaFile.read(lockspace).delta(2).leader().ownerGeneration()).isEqualTo(2);
  }

  private static Both.Step heir(
      ConcurrentMap<String, Double> taken, String what, SocketHost host, LeaseFile lease) {
    return () -> {
      int code;
      // Right after its death a host still counts as alive, until the next look (3.2).
      while ((code = acquire(host, lease, false)) == HELD_BY_LIVE_HOST) {
        Thread.sleep(500); // nothing tells when the host's look at the others changes
      }
      assertThat(code).as(what).isZero();
      taken.put(what, TimeCalls.monotonicNanos() / 1e9);
    };
  }

  private Both.Step successor(
      ConcurrentMap<String, Double> taken, String what, SocketHost host, int hostId) {
    return () -> {
      host.join(SPACE, hostId, lockspace, IO_TIMEOUT);
      taken.put(what, TimeCalls.monotonicNanos() / 1e9);
    };
  }
}
