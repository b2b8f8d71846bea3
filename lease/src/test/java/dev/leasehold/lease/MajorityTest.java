// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Leases on several disks (docs/spec/algorithms.md 3.10). */
class MajorityTest {
  private static final AcquireTerms EXCLUSIVE = AcquireTerms.of(HoldMode.EXCLUSIVE);
  private static final Fate EIO = Fate.fails(5);

  private final SoloWorld world = new SoloWorld(5000);
  private final FakeHosts hosts = new FakeHosts(world);

  private MemDisk[] disks(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Host.disk(world, Host.RESOURCE, 8))
        .toArray(MemDisk[]::new);
  }

  private Host host(long id, MemDisk... disks) {
    hosts.alive(id, 1);
    return new Host(world, hosts, id, 1, disks);
  }

  private static PaxosHold acquire(Host host) throws AcquireException {
    return host.lease().acquire(EXCLUSIVE, host.pause(), OwnerWait.Listener.SILENT);
  }

  private static AcquireException refused(Host host) {
    return catchThrowableOfType(AcquireException.class, () -> acquire(host));
  }

  private static void fail(Host host, int disk, Predicate<Op> which, Fate fate) {
    host.store(disk).fates(op -> which.test(op) ? fate : Fate.DONE);
  }

  private static void edit(MemDisk disk, UnaryOperator<LeaderRecord> change) {
    change.apply(LeaderRecord.decode(disk.bytes(), 0)).encode(disk.bytes(), 0);
  }

  @Test
  void writesAllDisksAlike() throws Exception {
    MemDisk[] disks = disks(3);
    Host host = host(1, disks);
    PaxosLease lease = host.lease();
    lease.acquire(EXCLUSIVE, host.pause(), OwnerWait.Listener.SILENT);
    lease.release(ReleaseTerms.PLAIN).attempt();
    for (MemDisk disk : disks) {
      assertThat(disk.copy(0, 8192)).isEqualTo(disks[0].copy(0, 8192));
      assertThat(LeaderRecord.decode(disk.bytes(), 0).lver()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} disks, {1} dead")
  @CsvSource({
    "1,0,true",
    "1,1,false",
    "2,0,true",
    "2,1,false",
    "3,1,true",
    "3,2,false",
    "4,1,true",
    "4,2,false"
  })
  void needsMoreThanHalf(int count, int dead, boolean enough) throws Exception {
    // The first ones, and then the last ones: which ones must not matter.
    for (int from : new int[] {0, count - dead}) {
      Host host = host(1, disks(count));
      for (int i = 0; i < count; i++) {
        boolean isDead = i >= from && i < from + dead;
        fail(host, i, op -> isDead, EIO);
      }
      if (enough) {
        PaxosLease lease = host.lease();
        lease.acquire(EXCLUSIVE, host.pause(), OwnerWait.Listener.SILENT);
        lease.release(ReleaseTerms.PLAIN).attempt();
      } else {
        assertThat(refused(host).code())
            .isIn(ErrorCode.EIO, ErrorCode.LEADER_DIFF, ErrorCode.DBLOCK_READ);
      }
    }
  }

  @Test
  void countsOnlyDisksThatWereBothWrittenAndRead() {
    Host host = host(1, disks(3));
    // A majority is written, a majority is read, but only one disk both.
    fail(host, 0, Op::write, EIO);
    int[] reads = new int[1];
    fail(host, 1, op -> !op.write() && ++reads[0] == 2, EIO);
    AcquireException e = refused(host);
    assertThat(e.code()).isEqualTo(ErrorCode.DBLOCK_READ);
  }

  @Test
  void reportsALeaderThatNoMajorityTook() throws Exception {
    Host host = host(1, disks(3));
    fail(host, 0, op -> op.write() && op.offset() == 0, Fate.HANGS);
    fail(host, 1, op -> op.write() && op.offset() == 0, EIO);
    AcquireException e = refused(host);
    assertThat(e.code()).isEqualTo(ErrorCode.AIO_TIMEOUT);
    // What only one disk took counts for nothing, so there is nothing left to take back.
    assertThat(e.retract()).isEmpty();
    assertThat(acquire(host(2, host.store(0).disk(), host.store(1).disk(), host.store(2).disk())))
        .isNotNull();
  }

  @Test
  void goesOnWithoutADiskThatHangs() throws Exception {
    MemDisk[] disks = disks(3);
    Host host = host(1, disks);
    fail(host, 2, op -> true, Fate.HANGS);
    assertThat(acquire(host).lver()).isEqualTo(1);
    assertThat(LeaderRecord.decode(disks[2].bytes(), 0).lver()).isZero();
  }

  @Test
  void readsTheLeaderThatAMajorityHas() throws Exception {
    MemDisk[] disks = disks(3);
    edit(disks[1], l -> l.toBuilder().lver(5).build());
    edit(disks[2], l -> l.toBuilder().lver(5).build());
    assertThat(acquire(host(1, disks)).lver()).isEqualTo(6);
  }

  @Test
  void refusesLeadersThatAllDiffer() {
    MemDisk[] disks = disks(3);
    edit(disks[1], l -> l.toBuilder().lver(5).build());
    edit(disks[2], l -> l.toBuilder().lver(6).build());
    assertThat(refused(host(1, disks)).code()).isEqualTo(ErrorCode.LEADER_DIFF);
  }

  @Test
  void takesALeaseForOwnedInDoubt() throws Exception {
    // A release that reached one disk of three, or one of two that can be read.
    MemDisk[] disks = disks(3);
    hosts.alive(2, 1);
    for (MemDisk disk : disks) {
      edit(disk, l -> l.paxosOwned(4, 2, 1, 77, 2, 1, 77, /* shortHold= */ false, 0));
    }
    edit(disks[0], l -> l.toBuilder().timestamp(0).build());
    assertThat(refused(host(1, disks)).code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    Host half = host(1, disks);
    fail(half, 1, op -> true, EIO);
    assertThat(refused(half).code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    edit(disks[1], l -> l.toBuilder().timestamp(0).build());
    assertThat(acquire(host(1, disks)).lver()).isEqualTo(5);
  }

  @Test
  void believesAGivenUpMarkOnlyOnAMajority() throws Exception {
    MemDisk[] disks = disks(3);
    Host two = host(2, disks);
    acquire(two);
    for (MemDisk disk : disks) {
      edit(disk, l -> l.toBuilder().writeId(3).build());
    }
    long own = Geometry.SECTOR_512.hostSectorOffset(2);
    // A mark on one disk only may be an old one that a newer dblock write has missed.
    disks[0].bytes().set(java.lang.foreign.ValueLayout.JAVA_BYTE, own + 52, (byte) 1);
    assertThat(refused(host(1, disks)).code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    disks[1].bytes().set(java.lang.foreign.ValueLayout.JAVA_BYTE, own + 52, (byte) 1);
    assertThat(acquire(host(1, disks)).lver()).isEqualTo(2);
  }

  @Test
  void hasOneToFourDisks() {
    for (int count : new int[] {0, 5}) {
      Host host = host(1, disks(count));
      List<LeaseDisk> places =
          IntStream.range(0, count).mapToObj(i -> new LeaseDisk(host.store(i), 0)).toList();
      assertThat(
              catchThrowableOfType(
                      LeaseException.class,
                      () ->
                          new PaxosLease(
                              Name.of("RES1"), places, Geometry.SECTOR_512, host.environment()))
                  .code())
          .isEqualTo(ErrorCode.ERANGE);
    }
  }
}
