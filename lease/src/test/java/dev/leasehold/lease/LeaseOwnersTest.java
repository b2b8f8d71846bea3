// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.LeaseOwners.Owner;
import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.MemStore;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listing owners (docs/spec/algorithms.md 3.12), formatting, and leases that are born held. */
class LeaseOwnersTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Bench bench = new Bench();

  private LeaseOwners owners(Optional<Geometry> sizes) throws LeaseException {
    LeaseDisk disk = new LeaseDisk(bench.host.store(), 0);
    return LeaseOwners.read(disk, Host.SPACE, Host.RESOURCE, sizes, TIMEOUT);
  }

  private LeaseOwners owners() throws LeaseException {
    return owners(Optional.empty());
  }

  @Test
  void namesNobody() throws Exception {
    assertThat(owners().exclusive()).isEmpty();
    assertThat(owners().sharers()).isEmpty();
    assertThat(owners().geometry()).isEqualTo(Geometry.SECTOR_512);
  }

  @Test
  void namesTheOwnerAndTheSharers() throws Exception {
    bench.owned(2, 7, 5);
    // Even with generation 0 and beside a damaged dblock; the owner only once.
    bench.sector(8, new Dblock(1, 1, 1, 1, 1, 1, 1, 1), ModeBlock.shared(0));
    bench.sector(3, Dblock.EMPTY, ModeBlock.shared(4));
    bench.sector(2, Dblock.EMPTY, ModeBlock.shared(7));
    assertThat(owners().exclusive()).contains(new Owner(2, 7, 77));
    assertThat(owners().sharers()).containsExactly(new Owner(3, 4, 0), new Owner(8, 0, 0));
    bench.leader(l -> l.timestamp(0));
    assertThat(owners().exclusive()).isEmpty();
    assertThat(owners().sharers()).hasSize(3);
    bench.leader(l -> l.timestamp(1).ownerId(0));
    assertThat(owners().exclusive()).isEmpty();
  }

  @Test
  void refusesSizesThatAreNotTheLeases() throws Exception {
    assertThat(owners(Optional.of(Geometry.SECTOR_512)).leader()).isEqualTo(bench.leader());
    LeaseException e =
        catchThrowableOfType(
            LeaseException.class, () -> owners(Optional.of(Geometry.SECTOR_4K_8M)));
    assertThat(e.code()).isEqualTo(ErrorCode.EINVAL);
  }

  @Test
  void refusesABadLeader() {
    bench.leader(l -> l.spaceName(Name.of("X")));
    assertThat(catchThrowableOfType(LeaseException.class, this::owners).code())
        .isEqualTo(ErrorCode.LEADER_LOCKSPACE);
  }

  @Test
  void readsWhateverNameIfNoneIsExpected() throws Exception {
    bench.leader(l -> l.spaceName(Name.of("X")).resourceName(Name.of("Y")).numHosts(0));
    LeaseDisk disk = new LeaseDisk(bench.host.store(), 0);
    assertThat(LeaseOwners.readLeader(disk, Name.EMPTY, Name.EMPTY, TIMEOUT))
        .isEqualTo(bench.leader());
    assertThat(LeaseOwners.read(disk, Name.EMPTY, Name.EMPTY, Optional.empty(), TIMEOUT).sharers())
        .isEmpty();
  }

  @Test
  void readsTheRealProgramsLeases() throws Exception {
    SoloWorld world = new SoloWorld(1);
    LeaseDisk shared = new LeaseDisk(new MemStore(Golden.disk("res_sh_hosts12.hex"), world), 0);
    LeaseOwners owners =
        LeaseOwners.read(shared, Host.SPACE, Name.of("RES2"), Optional.empty(), TIMEOUT);
    assertThat(owners.sharers()).containsExactly(new Owner(1, 2, 0), new Owner(2, 1, 0));
  }

  // --- formatting ------------------------------------------------------------------------------

  @Test
  void formatsALockspaceInTwoSteps() throws Exception {
    SoloWorld world = new SoloWorld(1);
    MemDisk disk = new MemDisk(1 << 20);
    disk.put(5000, new byte[] {1, 2, 3});
    MemStore store = new MemStore(disk, world);
    boolean[] committed = new boolean[1];
    store.before(
        op -> {
          if (op.length() == 512) {
            // The first write alone is no lockspace yet.
            committed[0] = true;
            assertThat(
                    catchThrowableOfType(
                            LeaseException.class,
                            () -> DeltaRecords.probe(new MemStore(disk, world), 0, 1, TIMEOUT))
                        .code())
                .isEqualTo(ErrorCode.LEADER_MAGIC);
          }
        });
    LeaseArea area = new LeaseArea(store, 0, Geometry.SECTOR_512);
    AreaFormat.lockspace(area, Host.SPACE, 10, Duration.ofSeconds(60));
    assertThat(committed[0]).isTrue();
    assertThat(disk.copy(0, disk.length()))
        .isEqualTo(Golden.disk("ls_init_512_1M.hex").copy(0, disk.length()));
    assertThat(Golden.trace(store.trace())).hasSize(2);
  }

  @Test
  void formatsAndClearsAResource() throws Exception {
    SoloWorld world = new SoloWorld(1);
    MemDisk disk = new MemDisk(1 << 20);
    LeaseDisk place = new LeaseDisk(new MemStore(disk, world), 0);
    Name resource = Name.of("RES1");
    AreaFormat.resource(
        java.util.List.of(place), Host.SPACE, resource, Geometry.SECTOR_512, 0, TIMEOUT);
    byte[] golden = Golden.disk("res_init_512_1M.hex").copy(0, disk.length());
    java.util.Arrays.fill(golden, 532, 536, (byte) 0); // padding of the request record
    assertThat(disk.copy(0, disk.length())).isEqualTo(golden);
    AreaFormat.clear(
        java.util.List.of(place), Host.SPACE, resource, Geometry.SECTOR_512, 0, 99, TIMEOUT);
    LeaseException e =
        catchThrowableOfType(
            LeaseException.class,
            () -> LeaseOwners.readLeader(place, Host.SPACE, resource, TIMEOUT));
    assertThat(e.code()).isEqualTo(ErrorCode.LEADER_MAGIC);
    assertThat(e).hasMessageContaining("cleared");
  }

  // --- born held -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(HoldMode.class)
  void isBornAsAnAcquisitionLeavesIt(HoldMode mode) throws Exception {
    Bench acquired = new Bench();
    PaxosHold hold = acquired.acquire(mode);
    BornHeld born =
        BornHeld.of(
            mode, Host.SPACE, Host.RESOURCE, Geometry.SECTOR_512, 8, new Member(1, 3), 5000);
    MemDisk file = new MemDisk(1 << 20);
    born.pieces().forEach(file::put);
    assertThat(file.copy(0, file.length())).isEqualTo(acquired.disk.copy(0, file.length()));
    assertThat(born.hold()).isEqualTo(hold);
    assertThat(born.pieces()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(HoldMode.class)
  void canBeReleasedAndHadByOthers(HoldMode mode) throws Exception {
    SoloWorld world = new SoloWorld(5000);
    MemDisk file = new MemDisk(1 << 20);
    FakeHosts hosts = new FakeHosts(world);
    hosts.alive(1, 3);
    Host one = new Host(world, hosts, 1, 3, file);
    Host two = new Host(world, hosts, 2, 1, file);
    BornHeld born =
        BornHeld.of(
            mode, Host.SPACE, Host.RESOURCE, Geometry.SECTOR_512, 8, new Member(1, 3), 5000);
    born.pieces().forEach(file::put);
    PaxosLease lease = one.lease();
    lease.adopt(born.hold());
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () ->
                two.lease()
                    .acquire(
                        AcquireTerms.of(HoldMode.EXCLUSIVE),
                        two.pause(),
                        OwnerWait.Listener.SILENT));
    assertThat(e.code())
        .isEqualTo(mode == HoldMode.SHARED ? ErrorCode.EAGAIN : ErrorCode.ACQUIRE_IDLIVE);
    assertThat(lease.release(ReleaseTerms.PLAIN).attempt())
        .isEqualTo(new PendingRelease.Attempt.Done());
    PaxosHold hold =
        two.lease()
            .acquire(AcquireTerms.of(HoldMode.EXCLUSIVE), two.pause(), OwnerWait.Listener.SILENT);
    assertThat(hold.leader().ownerId()).isEqualTo(2);
  }
}
