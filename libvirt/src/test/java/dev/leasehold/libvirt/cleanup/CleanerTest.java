// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseRefusedException;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.libvirt.cleanup.Item.DiskState;
import dev.leasehold.libvirt.cleanup.Item.Outcome;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.TemporaryName;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class CleanerTest {
  private static final HolderLabel GUEST = HolderLabel.guest("web1", Optional.empty());

  private static Map<String, Outcome> outcomes(CleanupReport report) {
    Map<String, Outcome> outcomes = new TreeMap<>();
    report.items().forEach(item -> outcomes.put(item.name(), item.outcome()));
    return outcomes;
  }

  private static Item item(CleanupReport report, String name) {
    return report.items().stream().filter(i -> i.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void removesWhatNobodyUsesAndTellsTheRestApart() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      LeaseManager guests = dir.host("guests");
      LeaseManager cleaner = dir.host("cleaner");
      Path disk = Files.createFile(dir.file("disk.raw"));
      String gone = dir.file("gone.raw").toString();
      String held = dir.file("held.raw").toString();
      LeaseSession holder = guests.session(GUEST);
      LeaseSession passing = guests.session(GUEST);
      holder.acquire(dir.request(held));
      passing.acquire(
          List.of(dir.request(disk.toString()), dir.request(gone)), AcquireOptions.DEFAULT);
      awaitNote(dir, disk.toString());
      awaitNote(dir, gone);
      passing.releaseAll();
      String unknown = LeaseDir.lease("of a C host");
      dir.makeFree(unknown);
      Files.writeString(dir.file("foreign.txt"), "not ours");
      String garbage = LeaseDir.lease("garbage");
      Files.write(dir.file(garbage), new byte[1 << 20]);
      Files.writeString(dir.file(garbage), "x".repeat(8192));

      // Some seconds old at most: nothing is old enough, and the dry run says what would be.
      CleanupReport tooYoung = clean(dir, cleaner, Duration.ofHours(1), false, false);
      assertThat(tooYoung.count(Outcome.REMOVED)).isZero();
      CleanupReport dry = clean(dir, cleaner, Duration.ZERO, false, true);
      assertThat(dry.count(Outcome.REMOVED)).isEqualTo(3);
      assertThat(dir.file(unknown)).exists();

      CleanupReport onlyGone = clean(dir, cleaner, Duration.ZERO, true, false);
      assertThat(outcomes(onlyGone))
          .containsEntry(LeaseDir.lease(gone), Outcome.REMOVED)
          .containsEntry(LeaseDir.lease(disk.toString()), Outcome.KEPT)
          .containsEntry(unknown, Outcome.KEPT);
      assertThat(onlyGone.removedWithoutDisk()).isEqualTo(1);

      CleanupReport all = clean(dir, cleaner, Duration.ZERO, false, false);
      assertThat(outcomes(all))
          .containsOnly(
              Map.entry(LeaseDir.lease(disk.toString()), Outcome.REMOVED),
              Map.entry(unknown, Outcome.REMOVED),
              Map.entry(LeaseDir.lease(held), Outcome.IN_USE),
              Map.entry(garbage, Outcome.FAILED));
      assertThat(item(all, LeaseDir.lease(disk.toString())).disk()).hasValue(disk.toString());
      assertThat(item(all, LeaseDir.lease(disk.toString())).diskState())
          .isEqualTo(DiskState.EXISTS);
      assertThat(item(all, unknown).diskState()).isEqualTo(DiskState.UNKNOWN);
      assertThat(all.bytesFreed()).isEqualTo(2 << 20);
      assertThat(dir.file("foreign.txt")).exists();
      assertThat(dir.file(LeaseholdConfig.LOCKSPACE)).exists();
      assertThat(dir.file(LeaseDir.lease(held))).exists();
      assertThat(dir.file(unknown)).doesNotExist();
      holder.close();
    }
  }

  /** The holder's note is written a moment after the grant. */
  private static void awaitNote(LeaseDir dir, String disk) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!LeasePeek.at(dir.file(LeaseDir.lease(disk))).disk().equals(disk)) {
      assertThat(System.nanoTime()).as("note of %s", disk).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static CleanupReport clean(
      LeaseDir dir, LeaseManager manager, Duration age, boolean onlyGone, boolean dryRun)
      throws Exception {
    return dir.clean(
        manager, new CleanupOptions(dir.path(), age, onlyGone, dryRun, 32), KnownDisks.none());
  }

  @Test
  void theRemovedFileIsMarkedSoThatWhoHasItOpenStartsAfresh() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      LeaseManager cleaner = dir.host("cleaner");
      String name = LeaseDir.lease("/srv/a");
      dir.makeFree(name);
      try (BlockStore open =
          dir.storage.openReadOnly(dir.file(name).toString(), Duration.ofSeconds(10))) {
        assertThat(clean(dir, cleaner, Duration.ZERO, false, false).count(Outcome.REMOVED))
            .isEqualTo(1);
        try (var block = open.block(4096)) {
          open.read(0, block, Duration.ofSeconds(10));
          assertThat(LeaderRecord.decode(block.bytes(), 0).isCleared()).isTrue();
        }
      }
    }
  }

  @Test
  void leftoversAreRemovedWhenTheirMakersAreLongGone() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      Files.write(dir.file(LeaseholdConfig.LOCKSPACE), new byte[1 << 20]);
      String young = TemporaryName.of(1);
      String old = TemporaryName.of(2);
      String empty = LeaseDir.lease("empty");
      String zero = LeaseDir.lease("zero");
      String making = LeaseDir.lease("making");
      String cleared = LeaseDir.lease("cleared");
      for (String name : List.of(young, old, empty, making)) {
        Files.createFile(dir.file(name));
      }
      Files.write(dir.file(zero), new byte[1 << 20]);
      dir.makeFree(cleared);
      byte[] content = Files.readAllBytes(dir.file(cleared));
      LeaderRecord.decode(MemorySegment.ofArray(content), 0)
          .cleared(1)
          .encodeSector(MemorySegment.ofArray(content), 0, 512);
      Files.write(dir.file(cleared), content);
      for (String name : List.of(old, empty, zero, cleared)) {
        dir.age(name, Duration.ofHours(2));
      }
      Cleaner cleaner = dir.cleaner(dir.options(options -> options), KnownDisks.none());
      // No lease is needed for any of them.
      assertThat(cleaner.survey()).isZero();
      assertThat(outcomes(cleaner.report()))
          .containsOnly(
              Map.entry(young, Outcome.RECENT),
              Map.entry(making, Outcome.RECENT),
              Map.entry(old, Outcome.LEFTOVER_REMOVED),
              Map.entry(empty, Outcome.LEFTOVER_REMOVED),
              Map.entry(zero, Outcome.LEFTOVER_REMOVED),
              Map.entry(cleared, Outcome.LEFTOVER_REMOVED));
      assertThat(dir.file(young)).exists();
      assertThat(dir.file(zero)).doesNotExist();
      assertThat(dir.file(cleared)).doesNotExist();
    }
  }

  /** The directory may be the wrong one, and the file a new image that nobody has written to. */
  @Test
  void aFileThatMayBeAnImageIsLeftAlone() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      String image = LeaseDir.lease("image");
      String beside = LeaseDir.lease("beside");
      Files.write(dir.file(image), new byte[1 << 20]);
      dir.age(image, Duration.ofHours(2));
      assertThat(outcomesOfSurvey(dir)).containsOnly(Map.entry(image, Outcome.FAILED));
      Files.write(dir.file(LeaseholdConfig.LOCKSPACE), new byte[1 << 20]);
      Files.write(dir.file(beside), new byte[3 << 20]);
      dir.age(beside, Duration.ofHours(2));
      assertThat(outcomesOfSurvey(dir))
          .containsOnly(
              Map.entry(image, Outcome.LEFTOVER_REMOVED), Map.entry(beside, Outcome.FAILED));
      assertThat(dir.file(beside)).exists();
    }
  }

  private static Map<String, Outcome> outcomesOfSurvey(LeaseDir dir) throws Exception {
    Cleaner cleaner = dir.cleaner(dir.options(options -> options), KnownDisks.none());
    assertThat(cleaner.survey()).isZero();
    return outcomes(cleaner.report());
  }

  @Test
  void theDisksOfDefinedGuestsAreKnown() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      Files.writeString(
          dir.file("guest.xml"),
          "<disk type='file'><source file='/srv/a &amp; b.raw'/></disk>"
              + "<disk><source startupPolicy='optional' dev=\"/dev/vg/c\" index='1'/></disk>");
      KnownDisks disks = KnownDisks.of(List.of(Path.of(dir.path()), Path.of("/no/such")));
      assertThat(disks.of(LeaseDir.lease("/srv/a & b.raw"), "")).hasValue("/srv/a & b.raw");
      assertThat(disks.of(LeaseDir.lease("/dev/vg/c"), "")).hasValue("/dev/vg/c");
      assertThat(disks.of(LeaseDir.lease("/x"), "/y")).isEmpty();
      assertThat(KnownDisks.state(Optional.of("/no/such/directory/x")))
          .as("storage that is not mounted")
          .isEqualTo(DiskState.UNKNOWN);
    }
  }

  @Test
  void manyFilesAreRemovedSideBySide() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      LeaseManager cleaner = dir.host("cleaner");
      int files = 300;
      int width = 32;
      for (int i = 0; i < files; i++) {
        dir.makeFree(LeaseDir.lease("disk " + i));
      }
      CleanupOptions options = new CleanupOptions(dir.path(), Duration.ZERO, false, false, width);
      Cleaner cleanup = dir.cleaner(options, KnownDisks.none());
      assertThat(cleanup.survey()).isPositive();
      try (Counted claims = new Counted(new EngineClaims(cleaner, dir.path(), width))) {
        cleanup.remove(claims, done -> {});
        assertThat(claims.most.get()).as("claims at one time").isBetween(2, width);
      }
      assertThat(cleanup.report().count(Outcome.REMOVED)).isEqualTo(files);
    }
  }

  /** Counts how many are being taken at one time. */
  private static final class Counted implements Claims {
    final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final Claims claims;

    Counted(Claims claims) {
      this.claims = claims;
    }

    @Override
    public Claim take(String leaseName) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        return claims.take(leaseName);
      } finally {
        now.decrementAndGet();
      }
    }

    @Override
    public void close() {
      claims.close();
    }
  }

  /** Starters on two hosts and a cleanup on a third, which never stops, on a few disks. */
  @Test
  void neverTwoHoldersHoweverCleanupAndStartersMeet() throws Exception {
    try (LeaseDir dir = new LeaseDir()) {
      Starters starters = new Starters(dir, List.of(dir.host("a"), dir.host("b")));
      LeaseManager cleaner = dir.host("cleaner");
      long removed = 0;
      starters.start();
      long start = System.nanoTime();
      while (starters.failure.get() == null
          && !enough(removed, starters, System.nanoTime() - start)) {
        CleanupReport report = clean(dir, cleaner, Duration.ZERO, false, false);
        removed += report.count(Outcome.REMOVED);
        assertThat(report.count(Outcome.FAILED)).as("%s", report).isZero();
      }
      starters.stop();
      assertThat(starters.failure.get()).isNull();
      assertThat(removed).isPositive();
      assertThat(starters.grants.get()).isPositive();
    }
  }

  /** After three seconds, or after two minutes at most if somebody had nothing yet. */
  private static boolean enough(long removed, Starters starters, long nanos) {
    long seconds = Duration.ofNanos(nanos).toSeconds();
    return seconds >= (removed > 0 && starters.grants.get() > 0 ? 3 : 120);
  }

  /** Guests that start and stop, on hosts that make a lease which is missing. */
  private static final class Starters {
    private static final int DISKS = 3;

    final AtomicReference<Throwable> failure = new AtomicReference<>();
    final AtomicInteger grants = new AtomicInteger();
    private final Map<String, AtomicInteger> holders = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final LeaseDir dir;
    private final List<LeaseManager> hosts;
    private volatile boolean stopped;

    Starters(LeaseDir dir, List<LeaseManager> hosts) {
      this.dir = dir;
      this.hosts = hosts;
    }

    void start() {
      for (LeaseManager host : hosts) {
        for (int i = 0; i < DISKS; i++) {
          String disk = "/srv/" + i;
          threads.add(Thread.ofVirtual().start(() -> guest(host, disk)));
        }
      }
    }

    private void guest(LeaseManager host, String disk) {
      try (LeaseSession session = host.session(GUEST)) {
        while (!stopped) {
          try {
            session.acquire(List.of(dir.request(disk)), AcquireOptions.DEFAULT.withoutWaiting());
          } catch (LeaseRefusedException e) {
            boolean busy = EngineClaims.refused(e.code(), e.detail()) instanceof Claims.InUse;
            assertThat(busy).as("%s %s", e.code(), e.detail()).isTrue();
            continue;
          }
          AtomicInteger count = holders.computeIfAbsent(disk, _ -> new AtomicInteger());
          assertThat(count.incrementAndGet()).as("holders of %s", disk).isEqualTo(1);
          assertThat(dir.file(LeaseDir.lease(disk))).exists();
          grants.incrementAndGet();
          count.decrementAndGet();
          session.releaseAll();
        }
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }

    void stop() throws InterruptedException {
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
