// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.MemStore;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Byte for byte and transfer for transfer what the real program did (testdata/golden/io_*). */
class GoldenTraceTest {
  private static final int LEADER_WRITE_TIME = 192;
  private static final int DELTA_TIME = 152;

  private final Name res1 = Name.of("RES1");
  private final Name res2 = Name.of("RES2");
  private final Name res3 = Name.of("RES3");

  /** Host 1, generation 2, at the time of the trace; host 2 is alive. */
  private static Host host(MemDisk disk, long seconds) {
    SoloWorld world = new SoloWorld(seconds);
    FakeHosts hosts = new FakeHosts(world);
    hosts.alive(1, 2);
    hosts.alive(2, 1);
    return new Host(world, hosts, 1, 2, disk);
  }

  private static long time(String trace) {
    return Golden.seconds(trace, 0, LEADER_WRITE_TIME);
  }

  private static List<String> done(Host host) {
    return Golden.trace(host.store().trace());
  }

  private static PaxosLease holding(Host host, Name resource, HoldMode mode) {
    MemDisk disk = host.store().disk();
    HostSector own = HostSector.decode(disk.bytes(), Geometry.SECTOR_512.hostSectorOffset(1));
    PaxosLease lease = host.lease(resource, Geometry.SECTOR_512);
    lease.adopt(
        new PaxosHold(
            mode,
            LeaderRecord.decode(disk.bytes(), 0),
            own.dblock(),
            Geometry.SECTOR_512,
            own.dblock().mbal()));
    return lease;
  }

  private static MemDisk fresh(Name resource) {
    return Host.disk(new SoloWorld(1), resource, 0);
  }

  @Test
  void acquiresExclusive() throws Exception {
    Host host = host(fresh(res1), time("io_acquire_ex.trace"));
    host.lease(res1, Geometry.SECTOR_512)
        .acquire(AcquireTerms.of(HoldMode.EXCLUSIVE), host.pause(), OwnerWait.Listener.SILENT);
    assertThat(done(host)).isEqualTo(Golden.trace("io_acquire_ex.trace"));
    sameArea(host, "res_ex_host1.hex");
  }

  @Test
  void releasesExclusive() {
    Host host = host(Golden.disk("res_ex_host1.hex"), time("io_release_ex.trace"));
    PendingRelease release = holding(host, res1, HoldMode.EXCLUSIVE).release(ReleaseTerms.PLAIN);
    assertThat(release.attempt()).isEqualTo(new PendingRelease.Attempt.Done());
    assertThat(done(host)).isEqualTo(Golden.trace("io_release_ex.trace"));
    sameArea(host, "res_ex_released.hex");
  }

  @Test
  void acquiresShared() throws Exception {
    Host host = host(fresh(res2), time("io_acquire_sh.trace"));
    host.lease(res2, Geometry.SECTOR_512)
        .acquire(AcquireTerms.of(HoldMode.SHARED), host.pause(), OwnerWait.Listener.SILENT);
    assertThat(done(host)).isEqualTo(Golden.trace("io_acquire_sh.trace"));
    sameArea(host, "res_sh_host1.hex");
  }

  @Test
  void releasesShared() {
    Host host = host(Golden.disk("res_converted_sh.hex"), 4000);
    PendingRelease release = holding(host, res2, HoldMode.SHARED).release(ReleaseTerms.PLAIN);
    assertThat(release.attempt()).isEqualTo(new PendingRelease.Attempt.Done());
    assertThat(done(host)).isEqualTo(Golden.trace("io_release_sh.trace"));
    sameArea(host, "res_sh_released.hex");
  }

  @Test
  void convertsToExclusive() throws Exception {
    String trace = "io_convert_sh_ex.trace";
    Host host = host(Golden.disk("res_sh_host2_released.hex"), time(trace));
    holding(host, res2, HoldMode.SHARED)
        .convertToExclusive(false, host.pause(), OwnerWait.Listener.SILENT);
    assertThat(done(host)).isEqualTo(Golden.trace(trace));
    sameArea(host, "res_converted_ex.hex");
  }

  @Test
  void isRefusedTheConversionToExclusive() {
    String trace = "io_convert_sh_ex_refused.trace";
    Host host = host(Golden.disk("res_sh_hosts12.hex"), time(trace));
    PaxosLease lease = holding(host, res2, HoldMode.SHARED);
    AcquireException refused =
        catchThrowableOfType(
            AcquireException.class,
            () -> lease.convertToExclusive(false, host.pause(), OwnerWait.Listener.SILENT));
    assertThat(refused.code()).isEqualTo(ErrorCode.EAGAIN);
    assertThat(lease.hold().orElseThrow().mode()).isEqualTo(HoldMode.SHARED);
    assertThat(done(host)).isEqualTo(Golden.trace(trace));
    sameArea(host, "res_sh_convert_refused.hex");
  }

  @Test
  void convertsToShared() throws Exception {
    String trace = "io_convert_ex_sh.trace";
    Host host = host(Golden.disk("res_converted_ex.hex"), time(trace));
    holding(host, res2, HoldMode.EXCLUSIVE).convertToShared(Optional.empty(), host.pause());
    assertThat(done(host)).isEqualTo(Golden.trace(trace));
    sameArea(host, "res_converted_sh.hex");
  }

  @Test
  void readsAndWritesTheLockValueBlock() throws Exception {
    String trace = "io_lvb.trace";
    Host host = host(fresh(res3), time(trace));
    PaxosLease lease = host.lease(res3, Geometry.SECTOR_512);
    lease.acquire(
        AcquireTerms.of(HoldMode.EXCLUSIVE).withLvb(), host.pause(), OwnerWait.Listener.SILENT);
    assertThat(lease.readLvb()).containsOnly(0);
    byte[] value = "hello lock value block".getBytes(StandardCharsets.US_ASCII);
    lease.release(ReleaseTerms.withLvb(value)).attempt();
    List<String> expected = new ArrayList<>(Golden.trace(trace));
    assertThat(done(host)).isEqualTo(expected);
    sameArea(host, "res_lvb_released.hex");
  }

  @Test
  void joinsALockspace() throws Exception {
    String trace = "io_add_lockspace.trace";
    MemDisk disk = Golden.disk("ls_host1_left.hex");
    SoloWorld world = new SoloWorld(Golden.seconds(trace, 0, DELTA_TIME));
    Host host = new Host(world, new FakeHosts(world), 1, 2, disk);
    MemStore store = host.store();
    Geometry geometry = DeltaRecords.probe(store, 0, 1, Duration.ofSeconds(10));
    DeltaLease lease =
        new DeltaLease(
            new LeaseArea(store, 0, geometry),
            Host.SPACE,
            1,
            Name.ofOwner("host-one"),
            Timing.DEFAULT,
            Duration.ofSeconds(10),
            host.clock());
    DeltaHold hold = lease.acquire(ReacquirePolicy.WAIT, host.pause(), AreaObserver.NONE);
    assertThat(hold.member()).isEqualTo(new Member(1, 2));
    // The trace ends with the first renewal, 21 s after the join began.
    host.pause().sleep(Duration.ofSeconds(1));
    assertThat(lease.renew(HostEvent.NONE, HostBitmap.EMPTY, AreaObserver.NONE))
        .isInstanceOf(RenewalResult.Renewed.class);
    assertThat(done(host)).isEqualTo(Golden.trace(trace));
  }

  @Test
  void leavesALockspace() throws Exception {
    MemDisk disk = Golden.disk("ls_host1_left.hex");
    SoloWorld world = new SoloWorld(3000);
    Host host = new Host(world, new FakeHosts(world), 1, 2, disk);
    DeltaLease lease =
        new DeltaLease(
            new LeaseArea(host.store(), 0, Geometry.SECTOR_512),
            Host.SPACE,
            1,
            Name.ofOwner("host-one"),
            Timing.DEFAULT,
            Duration.ofSeconds(10),
            host.clock());
    lease.acquire(ReacquirePolicy.WAIT, host.pause(), AreaObserver.NONE);
    // Its last event was (0, 5, 6) for all hosts, and was never cleared.
    lease.renew(new HostEvent(0, 5, 6), HostBitmap.upTo(2000), AreaObserver.NONE);
    host.store().trace().clear();
    assertThat(lease.release()).isTrue();
    assertThat(done(host)).isEqualTo(Golden.trace("io_rem_lockspace.trace"));
  }

  /** The whole area is what the real program left, but for memory left over in host sectors. */
  private static void sameArea(Host host, String name) {
    MemDisk expected = Golden.disk(name);
    for (int sector = 0; sector < 2003; sector++) {
      assertThat(HostSectorText.of(host.store().disk(), sector))
          .as("sector %d of %s", sector, name)
          .isEqualTo(HostSectorText.of(expected, sector));
    }
  }

  /** A sector as its named fields, or as bytes where all of them count. */
  private static final class HostSectorText {
    static Object of(MemDisk disk, int sector) {
      long offset = sector * 512L;
      if (sector >= 2 && sector < 2002) {
        return HostSector.decode(disk.bytes(), offset);
      }
      // Not the padding of the request record.
      return List.of(disk.copy(offset, sector == 1 ? 20 : 512)).stream()
          .map(java.util.Arrays::toString)
          .toList();
    }
  }
}
