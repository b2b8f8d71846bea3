// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.interop.Watcher.Told;
import dev.leasehold.linux.ffi.TimeCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A lockspace whose storage hangs or fails (docs/spec/algorithms.md 1.2), beside one whose storage
 * works. The io timeout N is 1 s where how long it takes is looked at, W is 60 s.
 */
@Execution(ExecutionMode.CONCURRENT) // each test has a lab of its own, and mostly waits
class RenewalFaultInteropTest {
  private static final String BAD = "BAD";
  private static final String GOOD = "GOOD";
  private static final double FAIL = 8;

  /** Whatever happens too late on a busy machine must still happen before this. */
  private static final double HOST_DEAD = 68;

  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(70));

  private Lab lab;
  private FaultFs storage;
  private OurHost host;
  private Watcher watcher;
  private Path badSpace;

  @BeforeAll
  static void programs() {
    Lab.needsFuse();
    Lab.needsSanlock(); // formats the areas
  }

  @BeforeEach
  void open() throws Exception {
    lab = Lab.open();
    storage = lab.faultFs();
    host = lab.ourHost("our-host");
    watcher = new Watcher(BAD);
    host.manager().addListener(watcher);
  }

  private void join(int ioTimeout) throws Exception {
    badSpace = Lab.lockspace(storage.mount().resolve(BAD), BAD, ioTimeout);
    Path goodSpace = lab.lockspace(GOOD, 5);
    Both.run(() -> host.join(BAD, 1, badSpace, ioTimeout), () -> host.join(GOOD, 1, goodSpace, 5));
  }

  @AfterEach
  void close() throws IOException {
    if (storage != null) {
      storage.heal();
    }
    lab.close();
  }

  private LeaseFile onBadStorage(String name) throws IOException {
    Path file = storage.mount().resolve(name);
    return new LeaseFile(BAD, name, Lab.resource(file, BAD, name));
  }

  private LeaseFile onGoodStorage(String name) throws IOException {
    return new LeaseFile(GOOD, name, lab.resource(GOOD, name));
  }

  /** Timestamp of our delta record on the real disk. */
  private double lastRenewal() {
    return AreaFile.read(storage.backing().resolve(BAD)).delta(1).leader().timestamp();
  }

  private static double now() {
    return TimeCalls.monotonicNanos() / 1e9;
  }

  private Told told(String what, double after) throws Exception {
    SOON.holds("it was told: " + what, () -> watcher.first(what, after).isPresent());
    return watcher.first(what, after).orElseThrow();
  }

  @Test
  void aHungLockspaceIsLostInTimeAndNothingElseIsTouched() throws Exception {
    join(1);
    OurHost polite = host.with(lab.process().toHandle());
    OurHost stubborn = host.with(lab.stubbornProcess().toHandle());
    polite.acquire(onBadStorage("polite"), false);
    stubborn.acquire(onBadStorage("stubborn"), false);
    LeaseFile held = onGoodStorage("held");
    host.acquire(held, false);
    Neighbour neighbour = new Neighbour();
    try (AutoCloseable _ = neighbour.start(onGoodStorage("busy"))) {
      storage.command("read hang");
      storage.command("write hang");
      double last = lastRenewal();
      neighbour.goesOn();

      Told risk = told("at risk", last);
      assertThat(risk.at() - last).isBetween(4.0, HOST_DEAD);
      assertThat(risk.remaining().toMillis() / 1e3).isBetween(0.0, 4.0);
      Told lost = told("lost EXPIRED", last);
      assertThat(lost.at() - last).isBetween(FAIL, HOST_DEAD);
      assertThat(risk.at()).isLessThanOrEqualTo(lost.at());

      SOON.holds("the polite holder is gone", () -> !polite.holderAlive());
      assertThat(now() - last).isBetween(FAIL, HOST_DEAD);
      SOON.holds("the stubborn holder is gone", () -> !stubborn.holderAlive());
      assertThat(now() - last).isBetween(FAIL + OurHost.GRACE, HOST_DEAD);
      assertThat(Refused.codeOf(() -> host.acquire(new LeaseFile(BAD, "x", badSpace), false)))
          .isEqualTo(-28);
      neighbour.goesOn(); // everything still hangs
    }
    neighbour.check();
    assertThat(host.holderAlive()).isTrue();
    host.release(held);
  }

  @Test
  void storageThatComesBackInTimeLosesNothing() throws Exception {
    join(3); // from "at risk" on there are 4 N to come back in
    LeaseFile lease = onBadStorage("lease");
    host.acquire(lease, false);
    for (String fault : new String[] {"read hang", "write hang", "read eio", "write eio"}) {
      double begin = now();
      storage.command(fault);
      Told risk = told("at risk", begin);
      assertThat(risk.remaining()).as(fault).isPositive();
      storage.heal();
      told("out of risk", begin);
    }
    assertThat(watcher.told()).extracting(Told::what).noneMatch(what -> what.startsWith("lost"));
    assertThat(host.holderAlive()).isTrue();
    assertThat(AreaFile.read(storage.backing().resolve("lease")).leader().ownerId()).isEqualTo(1);
    host.release(lease);
  }

  @Test
  void anOverwrittenRecordEndsEverythingAtOnce() throws Exception {
    join(1);
    host.acquire(onBadStorage("lease"), false);
    double begin = now();
    Lab.lockspace(storage.mount().resolve(BAD), BAD, 1);
    Told lost = told("lost CORRUPT", begin);
    // Seen by the next renewal, and nobody waits for the end of the lease (lost EXPIRED).
    assertThat(watcher.told()).extracting(Told::what).doesNotContain("lost EXPIRED");
    SOON.holds("the holder is gone", () -> !host.holderAlive());
    assertThat(now() - begin).isLessThan(HOST_DEAD);
  }

  /** Somebody who works on the good storage meanwhile. */
  private final class Neighbour {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private Duration slowest = Duration.ZERO;

    AutoCloseable start(LeaseFile lease) throws Exception {
      OurHost holder = host.with(lab.process().toHandle());
      Thread thread = Thread.ofPlatform().start(() -> work(holder, lease));
      return () -> {
        over.set(true);
        thread.join();
      };
    }

    private void work(OurHost holder, LeaseFile lease) {
      try {
        while (!over.get()) {
          long begin = System.nanoTime();
          holder.acquire(lease, false);
          holder.release(lease);
          Duration took = Duration.ofNanos(System.nanoTime() - begin);
          slowest = took.compareTo(slowest) > 0 ? took : slowest;
          rounds.incrementAndGet();
          Thread.sleep(20); // it is a neighbour, not a load
        }
      } catch (Refused | InterruptedException e) {
        failure.set(e);
      }
    }

    void goesOn() throws Exception {
      int before = rounds.get();
      SOON.holds(
          "the neighbour goes on", () -> rounds.get() >= before + 10 || failure.get() != null);
    }

    void check() {
      assertThat(failure.get()).isNull();
      System.out.printf("beside a hung lockspace: %s rounds, the slowest %s%n", rounds, slowest);
    }
  }
}
