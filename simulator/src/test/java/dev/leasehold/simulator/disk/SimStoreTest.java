// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimClock;
import dev.leasehold.simulator.kernel.Dice;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.kernel.TaskGroup;
import dev.leasehold.simulator.kernel.Trace;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.StorageException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SimStoreTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final String PATH = "/leases/ls";

  private Scheduler scheduler = new Scheduler(11, new Trace(false));
  private SimDisk disk = new SimDisk(scheduler, new DiskFaults(11), 512);

  private void startAgain(long seed) {
    scheduler = new Scheduler(seed, new Trace(false));
    disk = new SimDisk(scheduler, new DiskFaults(seed), 512);
  }

  /** A piece of a test that runs as a task of host {@code lane}. */
  private interface Body {
    void run(BlockStore store, SimStorage storage) throws StorageException;
  }

  private TaskGroup on(int lane, long at, Body body) {
    TaskGroup group = scheduler.newGroup("host " + lane);
    Seat seat = new Seat(scheduler, lane, group, new SimClock(scheduler, 30, 0), new Dice(lane));
    SimStorage storage = new SimStorage(disk, seat);
    scheduler.at(
        at,
        () ->
            scheduler.start(
                group,
                "body",
                () -> {
                  try (BlockStore store = storage.open(PATH, TEN)) {
                    body.run(store, storage);
                  } catch (StorageException e) {
                    throw new IllegalStateException(e);
                  }
                }));
    return group;
  }

  private void runFor(long seconds) {
    scheduler.run(seconds * SECOND, Long.MAX_VALUE);
    assertThat(scheduler.violation()).isEmpty();
    scheduler.close();
  }

  private static void write(BlockStore store, int value, Class<?> expected) {
    try (Block block = store.block(512)) {
      block.bytes().set(ValueLayout.JAVA_BYTE, 0, (byte) value);
      assertThat(store.write(0, block, TEN)).isInstanceOf(expected);
    }
  }

  private static int read(BlockStore store) {
    try (Block block = store.block(1024)) {
      assertThat(store.read(0, block, TEN)).isInstanceOf(Outcome.Done.class);
      return block.bytes().get(ValueLayout.JAVA_BYTE, 0);
    }
  }

  @Test
  void aWriteIsSeenByEverybodyAfterIt() {
    disk.make(PATH, 1 << 20);
    int[] seen = new int[1];
    on(1, 0, (store, storage) -> write(store, 7, Outcome.Done.class));
    on(2, SECOND, (store, storage) -> seen[0] = read(store));
    runFor(5);
    assertThat(seen[0]).isEqualTo(7);
  }

  @Test
  void aWriteThatHangsIsUnknownAndLandsOrFailsWhenThePathIsBack() {
    long landed = 0;
    for (long seed = 1; seed <= 20; seed++) {
      startAgain(seed);
      int seen = readAfterHangingWrite();
      assertThat(seen).isEqualTo(disk.lateLandings() == 1 ? 9 : 0);
      landed += disk.lateLandings();
    }
    assertThat(landed).isBetween(1L, 19L);
  }

  private int readAfterHangingWrite() {
    disk.make(PATH, 1 << 20);
    int[] seen = {-1};
    on(
        1,
        0,
        (store, storage) -> {
          disk.takeDown(1, DiskFaults.Outage.HANGS);
          Block block = store.block(512);
          block.bytes().set(ValueLayout.JAVA_BYTE, 0, (byte) 9);
          assertThat(store.write(0, block, TEN)).isInstanceOf(Outcome.Unknown.class);
          assertThat(scheduler.now()).isGreaterThanOrEqualTo(10 * SECOND);
          assertThat(store.unsettledWrites()).isEqualTo(1);
          assertThatThrownBy(block::bytes).isInstanceOf(IllegalStateException.class);
          block.close();
          Block other = store.block(512);
          assertThat(store.awaitWritesSettled(Duration.ofSeconds(5))).isFalse();
          scheduler.after(20 * SECOND, () -> disk.bringUp(1));
          assertThat(store.awaitWritesSettled(Duration.ofSeconds(60))).isTrue();
          assertThat(store.unsettledWrites()).isZero();
          assertThat(other.bytes().get(ValueLayout.JAVA_BYTE, 0)).isZero();
          seen[0] = read(store);
        });
    runFor(200);
    return seen[0];
  }

  @Test
  void aLateReadDoesNotTouchMemoryThatWasHandedOutAgain() {
    SimFile file = disk.make(PATH, 1 << 20);
    byte[] ones = new byte[512];
    java.util.Arrays.fill(ones, (byte) 1);
    disk.overwrite(file, 0, ones);
    on(
        1,
        0,
        (store, storage) -> {
          disk.takeDown(1, DiskFaults.Outage.HANGS);
          Block block = store.block(512);
          assertThat(store.read(0, block, TEN)).isInstanceOf(Outcome.Unknown.class);
          block.close();
          Block next = store.block(512);
          disk.bringUp(1);
          scheduler.waitUntil(scheduler.now() + 100 * SECOND);
          assertThat(next.bytes().get(ValueLayout.JAVA_BYTE, 0)).isZero();
          assertThat(disk.inFlight()).isZero();
        });
    runFor(300);
  }

  @Test
  void aReadOverlappingAWriteMaySeeEitherButOneThatFollowsSeesTheNew() {
    disk.make(PATH, 1 << 20);
    boolean[] saw = new boolean[2];
    for (int host = 2; host < 40; host++) {
      on(host, SECOND + host * 100_000L, (store, storage) -> saw[read(store)] = true);
    }
    on(1, SECOND, (store, storage) -> write(store, 1, Outcome.Done.class));
    runFor(10);
    assertThat(saw).containsExactly(true, true);
  }

  @Test
  void writesOfAMachineThatIsGoneLandSoonOrNever() {
    SimFile file = disk.make(PATH, 1 << 20);
    disk.monitor(
        (at, sector, before, after, lane) -> assertThat(scheduler.now()).isLessThan(13 * SECOND));
    for (int lane = 1; lane <= 20; lane++) {
      int number = lane;
      TaskGroup[] group = new TaskGroup[1];
      group[0] =
          on(
              lane,
              0,
              (store, storage) -> {
                disk.takeDown(number, DiskFaults.Outage.HANGS);
                scheduler.after(
                    SECOND,
                    () -> {
                      group[0].kill();
                      disk.orphan(number, 10 * SECOND);
                    });
                try (Block block = store.block(512)) {
                  block.bytes().set(ValueLayout.JAVA_BYTE, 0, (byte) number);
                  store.write(0, block, TEN);
                }
                throw new AssertionError("still running");
              });
    }
    runFor(100);
    assertThat(file.hole(0)).isFalse();
    assertThat(disk.inFlight()).isZero();
  }

  @Test
  void publishedFilesAppearCompleteOrNotAtAll() {
    disk.make(PATH, 1 << 20);
    TreeMap<Long, byte[]> pieces = new TreeMap<>();
    byte[] content = new byte[1024];
    content[0] = 5;
    content[512] = 6;
    pieces.put(1024L, content);
    NewFile file = new NewFile(1 << 20, pieces, 0600, OptionalInt.empty(), OptionalInt.empty());
    int[] created = new int[2];
    for (int lane = 1; lane <= 2; lane++) {
      on(
          lane,
          0,
          (store, storage) -> {
            switch (storage.publish("/leases/new", file, TEN)) {
              case Publication.Created made -> {
                created[0]++;
                try (Block block = made.store().block(512)) {
                  made.store().read(1536, block, TEN);
                  assertThat(block.bytes().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 6);
                }
                assertThat(storage.leadsTo("/leases/new", made.store(), TEN)).isTrue();
                assertThat(storage.leadsTo("/leases/new", store, TEN)).isFalse();
                assertThat(storage.unlink("/leases/new", store, TEN)).isFalse();
                assertThat(storage.list("/leases", TEN)).containsExactly("ls", "new");
              }
              case Publication.NameTaken _ -> created[1]++;
              case Publication.Failed _ -> throw new AssertionError();
              case Publication.Unknown _ -> throw new AssertionError();
            }
          });
    }
    runFor(10);
    assertThat(created).containsExactly(1, 1);
  }

  @Test
  void errorsAndShortTransfersAreFailures() {
    disk.make(PATH, 4096);
    on(
        1,
        0,
        (store, storage) -> {
          try (Block block = store.block(512)) {
            assertThat(store.read(4096, block, TEN))
                .isInstanceOfSatisfying(
                    Outcome.Failed.class, f -> assertThat(f.errno()).isEqualTo(90));
            disk.takeDown(1, DiskFaults.Outage.FAILS);
            assertThat(store.read(0, block, TEN))
                .isInstanceOfSatisfying(
                    Outcome.Failed.class, f -> assertThat(f.errno()).isEqualTo(5));
            block.bytes();
          }
        });
    runFor(30);
  }
}
