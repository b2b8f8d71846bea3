// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.libvirt.cleanup.Claims;
import dev.leasehold.libvirt.cleanup.Cleaner;
import dev.leasehold.libvirt.cleanup.CleanupOptions;
import dev.leasehold.libvirt.cleanup.CleanupReport;
import dev.leasehold.libvirt.cleanup.EngineClaims;
import dev.leasehold.libvirt.cleanup.Item;
import dev.leasehold.libvirt.cleanup.KnownDisks;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.testkit.OurJvm;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Cleanup while hosts that run the C daemon start guests (docs/spec/libvirt-sanlock.md 8, row 3).
 */
class CleanupInteropTest {
  private static final String SPACE = LeaseholdConfig.LOCKSPACE;
  private static final int IO_TIMEOUT = 4;
  private static final List<String> DISKS = List.of("/srv/a", "/srv/b");

  /**
   * What a C host may be told in the moment of a removal, beside "held by another host": the file
   * is gone, or cleared, or not finished.
   */
  private static final Set<Integer> REFUSALS =
      Set.of(-2, -11, -16, -17, -90, -223, -243, -244, -245, -247, -249, -251);

  private final Map<String, AtomicInteger> holders = new ConcurrentHashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger grantsOfC = new AtomicInteger();
  private final AtomicInteger grantsOfOurs = new AtomicInteger();
  private volatile boolean stopped;

  @Test
  void neverTwoHoldersBesideTheCDaemon() throws Exception {
    Lab.needsSanlock();
    try (Lab lab = Lab.open()) {
      Path space = Lab.lockspace(lab.path("leases/" + SPACE), SPACE, IO_TIMEOUT);
      SocketHost c = lab.cHost("c");
      OurHost ours = lab.ourHost("ours");
      OurHost cleaner = lab.ourHost("cleaner");
      inParallel(
          () -> c.join(SPACE, 1, space, IO_TIMEOUT),
          () -> ours.join(SPACE, 2, space, IO_TIMEOUT),
          () -> cleaner.join(SPACE, 3, space, IO_TIMEOUT));
      List<Thread> starters =
          List.of(
              Thread.ofVirtual().start(() -> guard(() -> cGuests(lab, c))),
              Thread.ofVirtual().start(() -> guard(() -> ourGuests(lab, ours))));
      long removed = 0;
      long start = System.nanoTime();
      while (failure.get() == null && !enough(removed, System.nanoTime() - start)) {
        CleanupReport report = clean(lab, cleaner);
        removed += report.count(Item.Outcome.REMOVED);
        // With no age asked for, a file that the plugin's way is making right now is looked at too.
        assertThat(report.items())
            .as("%s", report)
            .noneMatch(
                item ->
                    item.outcome() == Item.Outcome.FAILED
                        && !item.words().startsWith("not a lease; "));
      }
      stopped = true;
      for (Thread starter : starters) {
        starter.join();
      }
      assertThat(failure.get()).isNull();
      assertThat(removed).as("removals").isPositive();
      assertThat(grantsOfC.get()).as("grants of the C daemon").isPositive();
      assertThat(grantsOfOurs.get()).as("our grants").isPositive();
    }
  }

  /** After four seconds, or after two minutes at most if somebody had nothing yet. */
  private boolean enough(long removed, long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    boolean all = removed > 0 && grantsOfC.get() > 0 && grantsOfOurs.get() > 0;
    return seconds >= (all ? 4 : 120);
  }

  private interface Work {
    void run() throws Exception;
  }

  private void guard(Work work) {
    try {
      work.run();
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void inParallel(Work... works) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Work work : works) {
      threads.add(Thread.ofVirtual().start(() -> guard(work)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
  }

  private static LeaseFile lease(Lab lab, String disk) {
    String name = LeaseName.ofPath(disk);
    return new LeaseFile(SPACE, name, lab.path("leases/" + name));
  }

  /** As libvirt's plugin does it: made if missing, not looked at if not (section 4). */
  private void cGuests(Lab lab, SocketHost c) throws Exception {
    while (!stopped) {
      for (String disk : DISKS) {
        LeaseFile lease = lease(lab, disk);
        make(lease);
        try {
          c.acquire(lease, false);
        } catch (Refused e) {
          assertThat(REFUSALS).as("%s", e.getMessage()).contains(e.code());
          continue;
        }
        held(disk, grantsOfC);
        c.release(lease);
      }
    }
  }

  private static void make(LeaseFile lease) throws Exception {
    if (Files.exists(lease.path())) {
      return;
    }
    try {
      Files.write(lease.path(), new byte[1 << 20], StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      return;
    }
    Lab.direct("init", "-r", lease.argument());
  }

  private void ourGuests(Lab lab, OurHost ours) throws Exception {
    while (!stopped) {
      for (String disk : DISKS) {
        LeaseFile lease = lease(lab, disk);
        try {
          OurHost.granted(
              ours.acquire(
                  OurHost.request(lease, false).creating(CreatePolicy.DEFAULT),
                  AcquireOptions.DEFAULT.withoutWaiting()));
        } catch (Refused e) {
          assertThat(REFUSALS).as("%s", e.getMessage()).contains(e.code());
          continue;
        }
        held(disk, grantsOfOurs);
        ours.release(lease);
      }
    }
  }

  private void held(String disk, AtomicInteger grants) {
    AtomicInteger count = holders.computeIfAbsent(disk, _ -> new AtomicInteger());
    assertThat(count.incrementAndGet()).as("holders of %s", disk).isEqualTo(1);
    grants.incrementAndGet();
    count.decrementAndGet();
  }

  private static CleanupReport clean(Lab lab, OurHost host) throws Exception {
    String directory = lab.path("leases").toString();
    Cleaner cleaner =
        new Cleaner(
            new CleanupOptions(directory, Duration.ZERO, false, false, 8),
            new LinuxStorage(),
            KnownDisks.none(),
            Duration.ofSeconds(10),
            Clock.systemUTC());
    if (cleaner.survey() > 0) {
      try (Claims claims = new EngineClaims(host.manager(), directory, 8)) {
        cleaner.remove(claims, done -> {});
      }
    }
    return cleaner.report();
  }

  @Test
  void theCommandWorksThroughTheCDaemon() throws Exception {
    Lab.needsSanlock();
    try (Lab lab = Lab.open()) {
      Path space = Lab.lockspace(lab.path("leases/" + SPACE), SPACE, IO_TIMEOUT);
      SocketHost c = lab.cHost("c");
      c.join(SPACE, 1, space, IO_TIMEOUT);
      for (String disk : List.of("/srv/held", "/srv/b", "/srv/c")) {
        make(lease(lab, disk));
      }
      c.acquire(lease(lab, "/srv/held"), false);
      Path config = Files.writeString(lab.path("l.conf"), "io_timeout = " + IO_TIMEOUT + "\n");
      String said = cleanup(lab, c, config);
      Map<String, Boolean> left = new TreeMap<>();
      for (String disk : List.of("/srv/held", "/srv/b", "/srv/c")) {
        left.put(disk, Files.exists(lease(lab, disk).path()));
      }
      assertThat(left)
          .as("%s", said)
          .containsOnly(
              Map.entry("/srv/held", true), Map.entry("/srv/b", false), Map.entry("/srv/c", false));
      assertThat(said).contains("Removed 2 leases").contains("1 in use");
      // The C daemon goes on with leases of these names.
      make(lease(lab, "/srv/b"));
      c.acquire(lease(lab, "/srv/b"), false);
      c.release(lease(lab, "/srv/held"));
    }
  }

  private static String cleanup(Lab lab, SocketHost c, Path config) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            OurJvm.command(
                Main.class.getName(),
                List.of(
                    "cleanup",
                    "--lease-dir",
                    lab.path("leases").toString(),
                    "--config",
                    config.toString(),
                    "--older-than",
                    "0")));
    builder.environment().putAll(c.daemon().environment());
    Path output = lab.path("said");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as("%s", Files.readString(output)).isZero();
    return Files.readString(output);
  }
}
