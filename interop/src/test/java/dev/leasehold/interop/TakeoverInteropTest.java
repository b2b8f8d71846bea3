// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireProgress;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.linux.ffi.TimeCalls;
import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to the leases and the host ids of hosts that die, and of hosts that leave. */
@Execution(ExecutionMode.CONCURRENT) // each test has a lab of its own, and mostly waits
@Timeout(400)
class TakeoverInteropTest {
  private static final String SPACE = "LS0";

  /** 8 N + W with N = 1 and W = 60: not earlier after the last renewal (algorithms.md 1.3). */
  private static final double HOST_DEAD = 68;

  /**
   * Not later either: usually it is some seconds after {@link #HOST_DEAD}, and who joins takes 2 N
   * more, but this machine may be busy.
   */
  private static final double AT_LAST = 2 * HOST_DEAD;

  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(60));

  private Lab lab;
  private Path lockspace;

  @BeforeAll
  static void programs() {
    Lab.needsSanlock();
  }

  @BeforeEach
  void open() throws IOException {
    lab = Lab.open();
    lockspace = lab.lockspace(SPACE, 1);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private LeaseFile resource(String name) throws IOException {
    return new LeaseFile(SPACE, name, lab.resource(SPACE, name));
  }

  private LeaderRecord delta(long hostId) {
    return AreaFile.read(lockspace).delta(hostId).leader();
  }

  private static double monotonicSeconds() {
    return TimeCalls.monotonicNanos() / 1e9;
  }

  @Test
  void theDeadAreSucceededInTimeAndNotTooEarly() throws Exception {
    LeaseFile theirA = resource("theirA");
    LeaseFile theirB = resource("theirB");
    LeaseFile theirShared = resource("sharedtheirs");
    LeaseFile ourA = resource("ourA");
    LeaseFile ourB = resource("ourB");
    LeaseFile ourShared = resource("sharedours");
    SocketHost cDying = lab.cHost("c-dying");
    SocketHost cHeir = lab.cHost("c-heir");
    OurHost ourHeir = lab.ourHost("our-heir");
    Process[] ourDying = new Process[1];
    Both.run(
        () -> {
          cDying.join(SPACE, 1, lockspace, 1);
          cDying.acquire(theirA, false);
          cDying.acquire(theirB, false);
          cDying.acquire(theirShared, true);
        },
        () ->
            ourDying[0] =
                lab.ourProcess(
                    "our-dying",
                    SPACE,
                    "2",
                    lockspace.toString(),
                    "1",
                    ourA.name(),
                    ourA.path().toString(),
                    ourB.name(),
                    ourB.path().toString(),
                    ourShared.name(),
                    ourShared.path().toString()),
        () -> cHeir.join(SPACE, 3, lockspace, 1),
        () -> ourHeir.join(SPACE, 4, lockspace, 1));
    // The C daemon judges sharers by what it has seen at its last renewal, even if that was before
    // they joined (docs/testing.md, "The original's rules").
    sees(cHeir, 1);
    sees(cHeir, 2);

    cDying.daemon().crash();
    ourDying[0].destroyForcibly().waitFor();
    double theirLast = delta(1).timestamp();
    double ourLast = delta(2).timestamp();

    ConcurrentMap<String, Double> taken = new ConcurrentHashMap<>();
    Queue<OwnerWait> waits = new ConcurrentLinkedQueue<>();
    Both.run(
        heir(taken, "theirs by us", ourHeir, theirA, waits),
        heir(taken, "ours by us", ourHeir.with(lab.process().toHandle()), ourA, waits),
        heir(taken, "theirs by them", cHeir, theirB),
        heir(taken, "ours by them", cHeir.withOtherHolder(), ourB),
        sharerGone(taken, "their share by us", ourHeir.with(lab.process().toHandle()), theirShared),
        sharerGone(taken, "our share by them", cHeir.withOtherHolder(), ourShared),
        successor(taken, "their id by us", lab.ourHost("our-successor"), 1),
        successor(taken, "our id by them", lab.cHost("c-successor"), 2));

    System.out.printf(
        "last renewals: theirs %.0f s, ours %.0f s; taken: %s%n", theirLast, ourLast, taken);
    for (String theirs :
        List.of("theirs by us", "theirs by them", "their share by us", "their id by us")) {
      inTime(taken, theirs, theirLast);
    }
    for (String ours :
        List.of("ours by us", "ours by them", "our share by them", "our id by them")) {
      inTime(taken, ours, ourLast);
    }
    assertThat(delta(1).ownerGeneration()).isEqualTo(2);
    assertThat(delta(2).ownerGeneration()).isEqualTo(2);
    assertThat(waits).extracting(wait -> wait.leader().ownerId()).contains(1L, 2L);
  }

  /** Waits until a C daemon has seen that a host has joined. */
  private static void sees(SocketHost host, int hostId) throws Exception {
    Pattern joined = Pattern.compile("(?m)^" + hostId + " timestamp [1-9]");
    SOON.holds(
        host.name() + " sees host " + hostId,
        () -> joined.matcher(host.daemon().client("host_status", "-s", SPACE).output()).find());
  }

  private static void inTime(ConcurrentMap<String, Double> taken, String what, double lastRenewal) {
    assertThat(taken.get(what) - lastRenewal)
        .as("seconds from the last renewal on disk: %s", what)
        .isBetween(HOST_DEAD, AT_LAST);
  }

  private static Both.Step heir(
      ConcurrentMap<String, Double> taken, String what, SocketHost host, LeaseFile lease) {
    return () -> {
      // Right after its death a host still counts as alive, until the next look (3.2).
      assertThat(retried(host, lease, -243)).as(what).isZero();
      taken.put(what, monotonicSeconds());
    };
  }

  /** The code of the first attempt that ends with another one than that. */
  private static int retried(ClusterHost host, LeaseFile lease, int refusal) throws Exception {
    int code;
    while ((code = Refused.codeOf(() -> host.acquire(lease, false))) == refusal) {
      Thread.sleep(500); // nothing tells when the host's look at the others changes
    }
    return code;
  }

  private static Both.Step heir(
      ConcurrentMap<String, Double> taken,
      String what,
      OurHost host,
      LeaseFile lease,
      Queue<OwnerWait> waits) {
    AcquireProgress progress =
        new AcquireProgress() {
          @Override
          public void waitingForDeadHost(LeaseRequest request, OwnerWait wait) {
            waits.add(wait);
          }

          @Override
          public void waitingForHolder(Refusal refusal, long untilBootNanos) {}
        };
    return () -> {
      OurHost.granted(
          host.acquire(
              OurHost.request(lease, false),
              AcquireOptions.DEFAULT.waitingUpTo(PATIENCE).reportingTo(progress)));
      taken.put(what, monotonicSeconds());
    };
  }

  /** A dead host's share is refused, without a wait, until that host is dead (3.7). */
  private static Both.Step sharerGone(
      ConcurrentMap<String, Double> taken, String what, ClusterHost host, LeaseFile lease) {
    return () -> {
      assertThat(retried(host, lease, -11)).as(what).isZero();
      taken.put(what, monotonicSeconds());
    };
  }

  private Both.Step successor(
      ConcurrentMap<String, Double> taken, String what, ClusterHost host, int hostId) {
    return () -> {
      host.join(SPACE, hostId, lockspace, 1);
      taken.put(what, monotonicSeconds());
    };
  }

  @Test
  void whoLeavesInGoodOrderIsSucceededAtOnce() throws Exception {
    LeaseFile theirs = resource("theirs");
    LeaseFile ours = resource("ours");
    SocketHost cHost = lab.cHost("c-host");
    OurHost ourHost = lab.ourHost("our-host");
    OurHost ourHeir = lab.ourHost("our-heir");
    SocketHost cHeir = lab.cHost("c-heir");
    List<ClusterHost> hosts = List.of(cHost, ourHost, ourHeir, cHeir);
    Both.run(
        hosts.stream()
            .map(host -> (Both.Step) () -> host.join(SPACE, hosts.indexOf(host) + 1, lockspace, 1))
            .toList());
    cHost.acquire(theirs, false);
    ourHost.acquire(ours, false);
    assertThat(Refused.codeOf(() -> ourHeir.acquire(theirs, false))).isEqualTo(-243);
    assertThat(Refused.codeOf(() -> cHeir.acquire(ours, false))).isEqualTo(-243);

    // A lockspace that is removed kills its holders and leaves their leases to the host lease.
    Both.run(() -> cHost.leave(SPACE, 1, lockspace), () -> ourHost.leave(SPACE, 2, lockspace));
    SOON.holds("their holder is gone", () -> !cHost.holderAlive());
    SOON.holds("our holder is gone", () -> !ourHost.holderAlive());
    for (Both.Step step :
        List.<Both.Step>of(
            () -> ourHeir.acquire(theirs, false), () -> cHeir.acquire(ours, false))) {
      long begin = System.nanoTime();
      step.run();
      // Nobody waits as for a dead host, HOST_DEAD.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    }
  }
}
