// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.ModeBlock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How little is read (docs/spec/algorithms.md 8, item 15), and that it is never too little. */
class ReadSavingsTest {
  private static final AcquireTerms EXCLUSIVE = AcquireTerms.of(HoldMode.EXCLUSIVE);

  private final Bench bench = new Bench();

  private static List<Integer> reads(Host host) {
    return host.store().trace().stream().filter(op -> !op.write()).map(Op::length).toList();
  }

  @Test
  void readsOnlyAsFarAsNumHostsAsksFor() throws Exception {
    bench.acquire(bench.host, EXCLUSIVE.expectingNumHosts(8));
    assertThat(reads(bench.host)).containsExactly(5120, 5120, 5120);
  }

  @Test
  void beginsWithASmallReadIfNumHostsIsNotKnown() throws Exception {
    bench.acquire(bench.host, EXCLUSIVE);
    assertThat(reads(bench.host)).containsExactly(32768, 5120, 5120);
  }

  @Test
  void readsMoreIfTheLeaderSaysSo() throws Exception {
    bench.leader(l -> l.numHosts(2000));
    bench.sector(1500, Dblock.phase1(1500, 1), ModeBlock.NONE);
    PaxosHold hold = bench.acquire(bench.host, EXCLUSIVE.expectingNumHosts(8));
    int all = 2002 * 512;
    assertThat(reads(bench.host)).containsExactly(5120, all, all, all);
    assertThat(hold.dblock().mbal()).isEqualTo(2001);
  }

  @ParameterizedTest
  @CsvSource({"4096,1,250", "4096,2,500", "4096,4,1000", "4096,8,2000", "512,1,2000"})
  void learnsTheSizesFromTheLeader(int sectorSize, int mib, int maxHosts) throws Exception {
    Geometry geometry = new Geometry(sectorSize, mib << 20);
    SoloWorld world = new SoloWorld(5000);
    MemDisk disk = Host.disk(world, Host.RESOURCE, geometry, 0);
    Host host = new Host(world, new FakeHosts(world), maxHosts, 1, disk);
    // The lockspace has other sizes.
    for (Geometry guess : List.of(Geometry.SECTOR_512, Geometry.SECTOR_4K_8M)) {
      PaxosLease lease = host.lease(Host.RESOURCE, guess);
      PaxosHold hold = lease.acquire(EXCLUSIVE, host.pause(), OwnerWait.Listener.SILENT);
      assertThat(hold.geometry()).isEqualTo(geometry);
      assertThat(hold.dblock())
          .isEqualTo(Dblock.decode(disk.bytes(), (maxHosts + 1L) * sectorSize));
      lease.release(ReleaseTerms.PLAIN).attempt();
    }
  }

  @Test
  void refusesALockValueBlockWhereItDoesNotFit() throws Exception {
    SoloWorld world = new SoloWorld(5000);
    MemDisk disk = Host.disk(world, Host.RESOURCE, Geometry.SECTOR_4K_1M, 0);
    Host host = new Host(world, new FakeHosts(world), 1, 1, disk);
    PaxosLease lease = host.lease();
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () -> lease.acquire(EXCLUSIVE.withLvb(), host.pause(), OwnerWait.Listener.SILENT));
    assertThat(e.code()).isEqualTo(ErrorCode.EINVAL);
    assertThat(host.store().trace()).noneMatch(Op::write);
  }

  // --- only hosts that there are ---------------------------------------------------------------

  private static final int ALL = 2002 * 512;

  private void forManyHosts(long highest, long goodForNanos) {
    bench.leader(l -> l.numHosts(2000));
    bench.hosts.census(new HostCensus(highest, bench.world.now() + goodForNanos));
  }

  @Test
  void ballotsScanOnlyHostsThatThereAre() throws Exception {
    forManyHosts(6, HostCensus.GOOD_NANOS);
    bench.acquire(bench.host, EXCLUSIVE.countingHosts());
    assertThat(reads(bench.host)).containsExactly(32768, ALL, 8 * 512, 8 * 512);
  }

  @Test
  void nobodyIsCountedUnlessThatIsAskedFor() throws Exception {
    forManyHosts(6, HostCensus.GOOD_NANOS);
    bench.acquire(bench.host, EXCLUSIVE);
    assertThat(reads(bench.host)).containsExactly(32768, ALL, ALL, ALL);
  }

  @Test
  void aCensusThatIsTooOldAtTheEndOfAScanDoesNotCount() throws Exception {
    forManyHosts(6, HostCensus.GOOD_NANOS);
    bench
        .host
        .store()
        .before(
            op -> {
              if (!op.write() && op.length() == 8 * 512) {
                bench.world.sleep(Duration.ofSeconds(2));
                // Whoever joined meanwhile has begun a ballot, and is further than we are.
                bench.sector(900, Dblock.phase1(900_900, 1), ModeBlock.NONE);
              }
            });
    PaxosHold hold = bench.acquire(bench.host, EXCLUSIVE.countingHosts());
    assertThat(reads(bench.host)).startsWith(32768, ALL, 8 * 512, ALL);
    assertThat(hold.dblock().mbal()).isGreaterThan(900_900);
  }

  @Test
  void whatAFormerLockspaceLeftInALeaseCounts() throws Exception {
    forManyHosts(6, HostCensus.GOOD_NANOS);
    bench.hosts.record(1500, 0, 0, 10);
    bench.sector(1500, Dblock.phase1(1500, 1).phase2(1500, 1, 77), ModeBlock.NONE);
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class, () -> bench.acquire(bench.host, EXCLUSIVE.countingHosts()));
    // The value that was accepted is brought to its end, as with a scan of all.
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(bench.leader().ownerId()).isEqualTo(1500);
    assertThat(reads(bench.host)).startsWith(32768, ALL, 1502 * 512, 1502 * 512);
  }

  @Test
  void aSharerAmongTheHostsThatThereAreIsSeen() throws Exception {
    forManyHosts(6, HostCensus.GOOD_NANOS);
    bench.hosts.alive(6, 1);
    bench.sector(6, Dblock.EMPTY, ModeBlock.shared(1));
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class, () -> bench.acquire(bench.host, EXCLUSIVE.countingHosts()));
    assertThat(e.code()).isEqualTo(ErrorCode.EAGAIN);
  }

  // --- what is remembered ----------------------------------------------------------------------

  private PaxosLease released() throws Exception {
    PaxosLease lease = bench.host.lease();
    bench.acquire(lease, bench.host, EXCLUSIVE);
    lease.release(ReleaseTerms.PLAIN).attempt();
    bench.host.store().trace().clear();
    return lease;
  }

  @Test
  void readsOnlyTheLeaderOfALeaseThatItReleasedItself() throws Exception {
    PaxosLease lease = released();
    PaxosHold hold = bench.acquire(lease, bench.host, EXCLUSIVE);
    assertThat(reads(bench.host)).containsExactly(512, 5120, 5120);
    assertThat(hold.lver()).isEqualTo(2);
    assertThat(hold.dblock().mbal()).isEqualTo(2001);
    assertThat(lease.hint()).isEmpty();
  }

  @Test
  void canBeToldWhatToRemember() throws Exception {
    AcquireHint hint = released().hint().orElseThrow();
    bench.acquire(bench.host, EXCLUSIVE.remembering(hint));
    assertThat(reads(bench.host)).containsExactly(512, 5120, 5120);
  }

  @Test
  void forgetsWhatIsNotTrueAnyMore() throws Exception {
    PaxosLease lease = released();
    PaxosLease theirs = bench.live(2).lease();
    bench.acquire(theirs, bench.live(2), EXCLUSIVE);
    theirs.release(ReleaseTerms.PLAIN).attempt();
    PaxosHold hold = bench.acquire(lease, bench.host, EXCLUSIVE);
    assertThat(hold.lver()).isEqualTo(3);
    assertThat(reads(bench.host)).containsExactly(512, 32768, 5120, 5120);
  }

  @Test
  void loosesOnlyARoundIfOthersHaveHigherNumbers() throws Exception {
    PaxosLease lease = released();
    // Host 2 began a ballot for version 2 and died.
    bench.sector(2, Dblock.phase1(8002, 2), ModeBlock.NONE);
    PaxosHold hold = bench.acquire(lease, bench.host, EXCLUSIVE);
    assertThat(hold.lver()).isEqualTo(2);
    assertThat(hold.dblock().mbal()).isEqualTo(10001);
  }

  @Test
  void adoptsWhatOthersProposedAllTheSame() throws Exception {
    PaxosLease lease = released();
    bench.hosts.alive(2, 1);
    bench.sector(2, Dblock.phase1(2, 2).phase2(2, 1, 77), ModeBlock.NONE);
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class, () -> bench.acquire(lease, bench.host, EXCLUSIVE));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(lease.hint()).isEmpty();
  }

  @Test
  void checksTheVersionThatIsWantedAllTheSame() throws Exception {
    PaxosLease lease = released();
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () -> bench.acquire(lease, bench.host, EXCLUSIVE.wantingLver(9)));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_LVER);
  }
}
