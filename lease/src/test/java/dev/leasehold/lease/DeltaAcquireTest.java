// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Lockspace;
import dev.leasehold.lease.fake.Lockspace.Joiner;
import dev.leasehold.lease.fake.MemStore;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Taking a host id (docs/spec/algorithms.md 2.2; docs/spec/ondisk.md 10, join). */
class DeltaAcquireTest {
  private final SoloWorld world = new SoloWorld(5000);
  private final Lockspace lockspace = new Lockspace(world);
  private final Joiner joiner = lockspace.joiner("host-a");
  private final long start = world.now();

  private DeltaHold join(ReacquirePolicy policy) throws LeaseException {
    return joiner.lease.acquire(policy, joiner.pause, AreaObserver.NONE);
  }

  private ErrorCode refusal(ReacquirePolicy policy) {
    return catchThrowableOfType(LeaseException.class, () -> join(policy)).code();
  }

  private long waited() {
    return Duration.ofNanos(world.now() - start).toSeconds();
  }

  @Test
  void takesAFreeIdAfterTheShortDelay() throws Exception {
    lockspace.record(r -> r.ownerId(1).ownerGeneration(4).writeId(7).unused1(8));
    new DeltaSector(lockspace.record(), HostBitmap.of(List.of(2L)))
        .encode(lockspace.disk.bytes(), 0, 512);
    DeltaHold hold = join(ReacquirePolicy.WAIT);
    assertThat(waited()).isEqualTo(20);
    assertThat(hold).isEqualTo(new DeltaHold(new Member(1, 5), 5000, start));
    assertThat(lockspace.record().resourceName()).isEqualTo(Name.of("host-a"));
    assertThat(lockspace.record().ioTimeout()).isEqualTo(10);
    // What the join does not set is carried over; the bitmap is cleared.
    assertThat(lockspace.record().writeId()).isEqualTo(7);
    assertThat(lockspace.record().unused1()).isEqualTo(8);
    assertThat(lockspace.sector().bitmap().isEmpty()).isTrue();
  }

  @ParameterizedTest(name = "recorded {0}, own {1}: {2} s")
  @CsvSource({"1,1,2", "10,1,20", "1,10,20", "0,5,10"})
  void waitsTwiceTheLongerTimeoutBeforeItReadsBack(int recorded, int own, long seconds)
      throws Exception {
    lockspace.record(r -> r.ioTimeout(recorded));
    Joiner other = lockspace.joiner("host-a", new Timing(own, 60));
    other.lease.acquire(ReacquirePolicy.WAIT, other.pause, AreaObserver.NONE);
    assertThat(waited()).isEqualTo(seconds);
    // With N = 1 our lease would have run out in the wait for a record of N = 10.
    long age = world.now() - other.lease.hold().bootNanos();
    assertThat(age).isLessThan(Duration.ofSeconds(8L * own).toNanos());
    assertThat(lockspace.record().timestamp()).isEqualTo(other.lease.hold().timestamp());
    assertThat(other.lease.renew(HostEvent.NONE, HostBitmap.EMPTY, AreaObserver.NONE))
        .isInstanceOf(RenewalResult.Renewed.class);
  }

  @ParameterizedTest(name = "recorded io timeout {0}")
  @CsvSource({"10,140", "1,68", "20,220"})
  void waitsUntilAnotherHostIsProvablyGone(int recorded, long limit) throws Exception {
    lockspace.taken("host-b", 4, 999, recorded);
    join(ReacquirePolicy.WAIT);
    long shortDelay = 2L * Math.max(recorded, 10);
    // More than 8No + W, found out by a poll every three seconds.
    assertThat(waited()).isBetween(limit + 1 + shortDelay, limit + 4 + shortDelay);
    assertThat(lockspace.record().ownerGeneration()).isEqualTo(5);
    Op write = joiner.store.trace().stream().filter(Op::write).findFirst().orElseThrow();
    assertThat(write.length()).isEqualTo(512);
  }

  @Test
  void findsOutEarlyThatTheOwnerLives() {
    lockspace.taken("host-b", 4, 999, 10);
    world.later(Duration.ofSeconds(19), () -> lockspace.record(r -> r.timestamp(1019)));
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.HOSTID_BUSY);
    assertThat(waited()).isEqualTo(21);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  @Test
  void takesAnIdThatIsReleasedInTheWait() throws Exception {
    lockspace.taken("host-b", 4, 999, 10);
    world.later(Duration.ofSeconds(30), () -> lockspace.record(r -> r.timestamp(0)));
    assertThat(join(ReacquirePolicy.WAIT).member().generation()).isEqualTo(5);
    assertThat(waited()).isEqualTo(50);
  }

  @Test
  void isNotPutOffByAPollThatFails() throws Exception {
    lockspace.taken("host-b", 4, 999, 10);
    int[] reads = new int[1];
    joiner.store.fates(op -> !op.write() && ++reads[0] == 5 ? Fate.fails(5) : Fate.DONE);
    join(ReacquirePolicy.WAIT);
    assertThat(waited()).isGreaterThan(160);
  }

  @Test
  void needsTheLookThatDecides() {
    lockspace.taken("host-b", 4, 999, 10);
    joiner.store.fates(op -> waited() > 140 ? Fate.fails(5) : Fate.DONE);
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.EIO);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  // --- our own name (8, item 0) ----------------------------------------------------------------

  @Test
  void waitsForItsOwnNameToo() throws Exception {
    lockspace.taken("host-a", 4, 999, 10);
    join(ReacquirePolicy.WAIT);
    assertThat(waited()).isGreaterThan(160);
  }

  @Test
  void takesItsOwnNameAtOnceIfTheCallerVouches() throws Exception {
    lockspace.taken("host-a", 4, 999, 10);
    assertThat(join(ReacquirePolicy.VOUCHED).member().generation()).isEqualTo(5);
    assertThat(waited()).isEqualTo(20);
  }

  @Test
  void vouchingDoesNotExtendToOtherNames() throws Exception {
    lockspace.taken("host-ab", 4, 9999, 10);
    join(ReacquirePolicy.VOUCHED);
    assertThat(waited()).isGreaterThan(160);
  }

  @Test
  void takesItsOwnNameSoonAfterAReboot() throws Exception {
    // A timestamp that this boot has not reached yet.
    lockspace.taken("host-a", 4, 5001, 10);
    join(ReacquirePolicy.IF_REBOOTED);
    assertThat(waited()).isBetween(32L + 20, 36L + 20);
  }

  @Test
  void noticesATwinOfItsName() {
    lockspace.taken("host-a", 4, 9001, 10);
    world.later(Duration.ofSeconds(21), () -> lockspace.record(r -> r.timestamp(9021)));
    assertThat(refusal(ReacquirePolicy.IF_REBOOTED)).isEqualTo(ErrorCode.HOSTID_BUSY);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  @Test
  void waitsForItsOwnNameIfTheTimestampMayBeOfThisBoot() throws Exception {
    lockspace.taken("host-a", 4, 5000, 10);
    join(ReacquirePolicy.IF_REBOOTED);
    assertThat(waited()).isGreaterThan(160);
  }

  // --- races and pauses ------------------------------------------------------------------------

  @Test
  void losesAgainstALaterWriter() {
    world.later(Duration.ofSeconds(5), () -> lockspace.taken("host-b", 1, 2000, 10));
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.HOSTID_BUSY);
  }

  @Test
  void doesNotWriteLongAfterItRead() {
    boolean[] once = {true};
    joiner.store.before(
        op -> {
          // Another join has found the id free as well, and reads back 20 s after its write.
        });
    joiner.store.fates(
        op -> {
          if (!op.write() && once[0]) {
            once[0] = false;
            return new Fate.Slow(Duration.ofSeconds(10));
          }
          return Fate.DONE;
        });
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.AIO_TIMEOUT);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  @Test
  void doesNotReportALeaseThatRanOutWhileItWasPaused() {
    boolean[] once = {true};
    joiner.pause.during(
        () -> {
          if (once[0]) {
            once[0] = false;
            joiner.clock.suspend(Duration.ofSeconds(80));
          }
        });
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.AIO_TIMEOUT);
  }

  @Test
  void canBeCalledOffInEitherWait() {
    joiner.pause.callOff();
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.ERROR);
    // The record that was written stays (2.2).
    assertThat(lockspace.record().isFree()).isFalse();
    int writes = (int) joiner.store.trace().stream().filter(Op::write).count();
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.ERROR);
    assertThat(joiner.store.trace().stream().filter(Op::write)).hasSize(writes);
  }

  // --- faults ----------------------------------------------------------------------------------

  @Test
  void reportsWhatIsWrongWithTheRecord() {
    lockspace.record(r -> r.magic(0));
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.LEADER_MAGIC);
    lockspace.record(r -> r.magic(0x12212010).version(0x00040004));
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.LEADER_VERSION);
    lockspace.record(r -> r.version(0x0003FFFF).spaceName(Name.of("LS1")));
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.LEADER_LOCKSPACE);
    lockspace.record(r -> r.spaceName(Host.SPACE));
    lockspace.record().toBuilder().withChecksum(1).encode(lockspace.disk.bytes(), 0);
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.LEADER_CHECKSUM);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  @Test
  void reportsFaultsOfTheDisk() {
    joiner.store.fates(op -> Fate.HANGS);
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.AIO_TIMEOUT);
    joiner.store.fates(op -> op.write() ? Fate.fails(28) : Fate.DONE);
    assertThat(refusal(ReacquirePolicy.WAIT)).isEqualTo(ErrorCode.ENOSPC);
  }

  @Test
  void refusesArgumentsThatCannotBe() {
    LeaseArea area = new LeaseArea(joiner.store, 0, Geometry.SECTOR_512);
    for (long id : new long[] {0, -1}) {
      assertThat(constructionFault(area, id, "x")).isEqualTo(ErrorCode.EINVAL);
    }
    assertThat(constructionFault(area, 1, "")).isEqualTo(ErrorCode.EINVAL);
    assertThat(constructionFault(area, 2001, "x")).isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
  }

  private ErrorCode constructionFault(LeaseArea area, long hostId, String name) {
    return catchThrowableOfType(
            LeaseException.class,
            () ->
                new DeltaLease(
                    area,
                    Host.SPACE,
                    hostId,
                    Name.of(name),
                    Timing.DEFAULT,
                    Duration.ofSeconds(10),
                    joiner.clock))
        .code();
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 16, LEADER_SECTORSIZE",
    "0, 16, LEADER_SECTORSIZE",
    "512, 32, ADDLS_SIZES",
    "512, 128, ADDLS_SIZES"
  })
  void refusesSizesThatDoNotExist(int sectorSize, int flags, ErrorCode code) {
    lockspace.record(r -> r.sectorSize(sectorSize).flags(flags));
    assertThat(probeFault(1)).isEqualTo(code);
  }

  @Test
  void refusesAHostIdAboveTheLockspace() throws Exception {
    assertThat(probeFault(2001)).isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
    assertThat(DeltaRecords.probe(joiner.store, 0, 2000, Duration.ofSeconds(1)))
        .isEqualTo(Geometry.SECTOR_512);
  }

  private ErrorCode probeFault(long hostId) {
    return catchThrowableOfType(
            LeaseException.class,
            () -> DeltaRecords.probe(joiner.store, 0, hostId, Duration.ofSeconds(1)))
        .code();
  }

  // --- watching the others ---------------------------------------------------------------------

  @Test
  void showsTheAreaWhileItWaits() throws Exception {
    lockspace.taken("host-b", 4, 999, 10);
    List<Long> shown = new ArrayList<>();
    joiner.lease.acquire(
        ReacquirePolicy.WAIT,
        joiner.pause,
        (area, started, ended) -> {
          assertThat(area.byteSize()).isEqualTo(1 << 20);
          assertThat(area.isReadOnly()).isTrue();
          assertThat(started).isLessThanOrEqualTo(ended);
          shown.add(Duration.ofNanos(ended - start).toSeconds());
        });
    // At once, then about every 2N.
    assertThat(shown).startsWith(0L, 21L, 42L).endsWith(147L);
  }

  @Test
  void joinsWithoutTheAreaIfItCannotBeRead() throws Exception {
    MemStore store = joiner.store;
    store.fates(op -> op.length() > 4096 ? Fate.fails(5) : Fate.DONE);
    joiner.lease.acquire(
        ReacquirePolicy.WAIT,
        joiner.pause,
        (area, started, ended) -> {
          throw new AssertionError("nothing was read");
        });
    assertThat(Golden.trace(store.trace())).endsWith("R 0");
  }
}
