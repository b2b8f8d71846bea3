// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Many clients ask our daemon this and that and are killed in the middle; in the end nothing is
 * held, and the daemon is as small as before. {@code -Dleasehold.soak.seconds=N} makes it longer.
 */
@ResourceLock("cpu") // two that use all they can get would starve each other
class SoakTest {
  private static final String SPACE = "LS0";
  private static final int SECONDS = Integer.getInteger("leasehold.soak.seconds", 30);
  private static final int CLIENTS = 12;
  private static final int LEASES = 6;
  private static final int IO_TIMEOUT = 4;
  private static final long RESIDENT_KIB = 160 * 1024;
  private static final Eventually SOON = Eventually.within(Duration.ofSeconds(40));

  private Lab lab;

  @BeforeEach
  void open() {
    Lab.needsSanlock();
    lab = Lab.open();
  }

  @AfterEach
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    long seed = System.nanoTime();
    System.out.println("soak, seed " + seed);
    Random random = new Random(seed);
    Path lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < LEASES; i++) {
      names.add("soak" + i);
      lab.resource(SPACE, "soak" + i);
    }
    SocketHost ours = lab.ourSocketHost("our-host");
    SocketHost theirs = lab.cHost("c-host");
    Both.run(
        () -> ours.join(SPACE, 1, lockspace, IO_TIMEOUT),
        () -> theirs.join(SPACE, 2, lockspace, IO_TIMEOUT));
    SanlockDaemon daemon = ours.daemon();
    long descriptors = descriptors(daemon);

    List<CWorker> clients = new ArrayList<>();
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    int kills = 0;
    while (System.nanoTime() < end) {
      if (clients.size() == CLIENTS) {
        clients.remove(random.nextInt(CLIENTS)).kill();
        kills++;
      }
      clients.add(started(daemon, names, random.nextLong()));
      Thread.sleep(random.nextInt(300)); // the pace of the kills
    }
    clients.forEach(CWorker::kill);

    SOON.holds("nothing is held", () -> lines(daemon, "r ").isEmpty());
    SOON.holds("nobody is registered", () -> clientsOf(daemon) == 0);
    SOON.holds("descriptors", () -> descriptors(daemon) <= descriptors + 4);
    long resident = resident(daemon);
    System.out.printf(
        "soak, seed %d: %d clients killed; resident %d KiB, descriptors %d then %d%n",
        seed, kills, resident, descriptors, descriptors(daemon));
    assertThat(resident).as("resident KiB").isLessThan(RESIDENT_KIB);
    assertThat(kills).isGreaterThan(5);
    for (String name : names) {
      LeaseFile lease = new LeaseFile(SPACE, name, lab.path(name));
      assertThat(AreaFile.read(lease.path()).leader().lver()).as("used: " + name).isPositive();
      SOON.holds("free: " + name, () -> Refused.codeOf(() -> theirs.acquire(lease, false)) == 0);
    }
    assertThat(daemon.log()).doesNotContain("fault in the daemon", "Exception", "OutOfMemory");
  }

  private CWorker started(SanlockDaemon daemon, List<String> names, long seed) throws Exception {
    CWorker client = lab.keep(CWorker.start(daemon.environment()));
    client.send("register()");
    client.send(
        "soak(%s, %s, %d, %d)"
            .formatted(
                CWorker.bytes(SPACE),
                CWorker.disks(names, lab.path("x").getParent()),
                SECONDS * 2,
                seed));
    return client;
  }

  private static List<String> lines(SanlockDaemon daemon, String begin) {
    return daemon.client("status").output().lines().filter(l -> l.startsWith(begin)).toList();
  }

  /** Processes by their own number: the daemon's helper and listener have -1. */
  private static long clientsOf(SanlockDaemon daemon) {
    return lines(daemon, "p ").stream().filter(l -> !l.startsWith("p -1")).count();
  }

  private static long descriptors(SanlockDaemon daemon) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + daemon.process().pid() + "/fd"))) {
      return open.count();
    }
  }

  private static long resident(SanlockDaemon daemon) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + daemon.process().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
