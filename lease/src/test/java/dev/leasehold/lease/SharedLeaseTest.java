// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shared holders (docs/spec/algorithms.md 3.7) and changes of mode (3.8). */
class SharedLeaseTest {
  private static final AcquireTerms EXCLUSIVE = AcquireTerms.of(HoldMode.EXCLUSIVE);
  private static final AcquireTerms SHARED = AcquireTerms.of(HoldMode.SHARED);

  private final Bench bench = new Bench();

  private AcquireException refused(Host who, AcquireTerms terms) {
    return catchThrowableOfType(AcquireException.class, () -> bench.acquire(who, terms));
  }

  private void sharedBy(long hostId, long generation) {
    Dblock won = Dblock.phase1(hostId, 1).phase2(hostId, generation, 77);
    bench.sector(hostId, won.released(), ModeBlock.shared(generation));
    bench.leader(l -> l.lver(1).ownerId(hostId).ownerGeneration(generation).writeId(hostId));
  }

  @Test
  void isHeldByManyHostsAtATime() throws Exception {
    bench.hosts.alive(1, 3);
    Host two = bench.live(2);
    assertThat(bench.acquire(bench.host, SHARED).lver()).isEqualTo(1);
    assertThat(bench.acquire(two, SHARED).lver()).isEqualTo(2);
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.leader().hasFlag(LeaderRecord.SHORT_HOLD)).isFalse();
    assertThat(bench.sector(1).mode()).isEqualTo(ModeBlock.shared(3));
    assertThat(bench.sector(2).mode()).isEqualTo(ModeBlock.shared(1));
  }

  @Test
  void standsInTheWayOfAnExclusiveHost() {
    sharedBy(2, 1);
    bench.hosts.alive(2, 1);
    AcquireException e = refused(bench.host, EXCLUSIVE);
    assertThat(e.code()).isEqualTo(ErrorCode.EAGAIN);
    assertThat(e).hasMessageContaining("[2]");
    // A refused attempt consumes a version and gives the lease back in the usual way.
    assertThat(bench.leader().lver()).isEqualTo(2);
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
    assertThat(bench.sector(2).mode().isShared()).isTrue();
  }

  private HostSighting sighting(long generation, long timestamp, long ioTimeout, long silent) {
    long now = bench.world.now();
    long live = now - Duration.ofSeconds(silent).toNanos();
    return new HostSighting(
        2,
        2,
        generation,
        Name.of("host-2"),
        timestamp,
        (int) ioTimeout,
        live,
        now,
        silent == 0 ? OptionalLong.empty() : OptionalLong.of(live));
  }

  @ParameterizedTest(name = "seen generation {0}, timestamp {1}, silent {2} s; on disk {3}/{4}")
  @CsvSource({
    "4, 77, 141, 4, 77, true", // silent for long enough, and still
    "4, 77, 140, 4, 77, false", // not yet
    "4, 77, 141, 4, 78, false", // renewed since we looked
    "4, 77, 141, 5, 90, true", // joined anew since we looked
    "4, 77, 141, 4, 0, true", // left since we looked
    "4, 0, 1, 4, 0, true", // has left
    "5, 77, 1, 5, 77, true", // that generation is over
    "3, 77, 500, 3, 77, false", // generation 4 was never seen: in doubt it lives
    "3, 77, 500, 4, 80, false", // it does
    "3, 0, 500, 3, 0, true", // nobody of that host id has lived for long enough
    "3, 0, 140, 3, 0, false", // an older generation's late write set it free: 4 may live
    "4, 77, 0, 4, 77, false" // never seen alive, first looked at just now
  })
  void countsOnlyWhileItsHostMayBeAlive(
      long seen, long timestamp, long silent, long onDisk, long timeOnDisk, boolean dead)
      throws Exception {
    sharedBy(2, 4);
    bench.hosts.record(2, onDisk, timeOnDisk, 10);
    bench.hosts.sighting(sighting(seen, timestamp, 10, silent));
    if (dead) {
      HostSector before = bench.sector(2);
      bench.acquire(HoldMode.EXCLUSIVE);
      assertThat(bench.sector(2)).isEqualTo(before);
    } else {
      assertThat(refused(bench.host, EXCLUSIVE).code()).isEqualTo(ErrorCode.EAGAIN);
      assertThat(bench.sector(2).mode().isShared()).isTrue();
    }
  }

  @Test
  void livesIfNothingIsKnownOfItsHost() {
    sharedBy(2, 4);
    assertThat(refused(bench.host, EXCLUSIVE).code()).isEqualTo(ErrorCode.EAGAIN);
  }

  @Test
  void isSeenEvenBesideADamagedDblock() {
    sharedBy(2, 4);
    HostSector before = bench.sector(2);
    bench
        .host
        .store()
        .before(
            op -> {
              // The first read would have refused it.
              if (op.write()) {
                Dblock d = before.dblock();
                bench.sector(
                    2,
                    new Dblock(d.mbal(), d.bal(), 9, d.inp2(), d.inp3(), d.lver(), 1, 1),
                    before.mode());
              }
            });
    assertThat(refused(bench.host, EXCLUSIVE).code()).isEqualTo(ErrorCode.EAGAIN);
  }

  @Test
  void doesNotCountWithGeneration0OrOnceItIsGone() throws Exception {
    sharedBy(2, 0);
    sharedBy(3, 1);
    bench.hosts.alive(3, 1);
    bench
        .host
        .store()
        .before(
            op -> {
              // Host 3 releases when its sector is about to be looked at.
              if (op.length() == 512 && op.offset() == 4 * 512) {
                bench.sector(3, bench.sector(3).dblock(), ModeBlock.NONE);
              }
            });
    bench.acquire(HoldMode.EXCLUSIVE);
    assertThat(bench.sector(3).dblock().mbal()).isEqualTo(3);
  }

  @Test
  void givesTheLeaseBackIfTheOthersCannotBeLookedAt() {
    sharedBy(2, 4);
    bench.host.store().fates(op -> op.offset() == 3 * 512 ? Fate.fails(5) : Fate.DONE);
    assertThat(refused(bench.host, EXCLUSIVE).code()).isEqualTo(ErrorCode.EIO);
    assertThat(bench.leader().isFree()).isTrue();
  }

  // --- momentary owners ------------------------------------------------------------------------

  @Test
  void waitsForAMomentaryOwner() throws Exception {
    bench.hosts.alive(2, 1);
    bench.owned(2, 1, 7);
    bench.leader(l -> l.flags(0x11));
    bench
        .host
        .pause()
        .during(
            () -> {
              if (bench.host.pause().waits().size() == 3) {
                bench.leader(l -> l.flags(0x10).timestamp(0));
              }
            });
    assertThat(bench.acquire(HoldMode.SHARED).lver()).isEqualTo(8);
    assertThat(bench.host.pause().waits()).hasSize(4);
  }

  @Test
  void givesUpAfterSomeTriesIfTheOwnerIsNotSoMomentary() {
    bench.hosts.alive(2, 1);
    bench.owned(2, 1, 7);
    bench.leader(l -> l.flags(0x11));
    AcquireException e = refused(bench.host, SHARED.withSharedRetries(5));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_SHRETRY);
    assertThat(e.leader()).contains(bench.leader());
    assertThat(bench.host.pause().waits()).hasSize(5);
    // An exclusive request is not patient.
    assertThat(refused(bench.host, EXCLUSIVE).code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void doesNotWaitForALastingOwner() {
    bench.hosts.alive(2, 1);
    bench.owned(2, 1, 7);
    assertThat(refused(bench.host, SHARED).code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(bench.host.pause().waits()).isEmpty();
  }

  // --- conversion ------------------------------------------------------------------------------

  private PaxosLease shared() throws Exception {
    PaxosLease lease = bench.host.lease();
    bench.acquire(lease, bench.host, SHARED);
    bench.host.store().trace().clear();
    return lease;
  }

  private PaxosHold toExclusive(PaxosLease lease) throws AcquireException {
    return lease.convertToExclusive(false, bench.host.pause(), OwnerWait.Listener.SILENT);
  }

  private ErrorCode conversionFault(PaxosLease lease) {
    return catchThrowableOfType(AcquireException.class, () -> toExclusive(lease)).code();
  }

  @Test
  void refusesAModeThatItIsInAlready() throws Exception {
    PaxosLease lease = shared();
    assertThat(
            catchThrowableOfType(
                    AcquireException.class,
                    () -> lease.convertToShared(Optional.empty(), bench.host.pause()))
                .code())
        .isEqualTo(ErrorCode.EALREADY);
    toExclusive(lease);
    assertThat(conversionFault(lease)).isEqualTo(ErrorCode.EALREADY);
    assertThat(conversionFault(bench.host.lease())).isEqualTo(ErrorCode.EINVAL);
  }

  @Test
  void becomesExclusiveDespiteDeadSharersAndLeavesTheirSectors() throws Exception {
    sharedBy(2, 4);
    bench.hosts.record(2, 5, 77, 10);
    bench.hosts.look(2, 1);
    PaxosLease lease = shared();
    assertThat(toExclusive(lease).mode()).isEqualTo(HoldMode.EXCLUSIVE);
    assertThat(bench.sector(2).mode()).isEqualTo(ModeBlock.shared(4));
    assertThat(bench.sector(1).mode().isShared()).isFalse();
    assertThat(bench.leader().ownerId()).isEqualTo(1);
  }

  @Test
  void staysSharedThroughoutAFailedConversion() throws Exception {
    for (int transfer = 1; transfer <= 6; transfer++) {
      Bench fresh = new Bench();
      PaxosLease lease = fresh.host.lease();
      fresh.acquire(lease, fresh.host, SHARED);
      int[] count = new int[1];
      int failing = transfer;
      fresh.host.store().fates(op -> ++count[0] == failing ? Fate.fails(5) : Fate.DONE);
      AcquireException e =
          catchThrowableOfType(
              AcquireException.class,
              () -> lease.convertToExclusive(false, fresh.host.pause(), OwnerWait.Listener.SILENT));
      assertThat(e).as("transfer %d", transfer).isNotNull();
      assertThat(e.retract()).isEmpty();
      assertThat(fresh.sector(1).mode()).isEqualTo(ModeBlock.shared(3));
      assertThat(fresh.leader().isFree()).isTrue();
      assertThat(lease.hold().orElseThrow().mode()).isEqualTo(HoldMode.SHARED);
      // And it can be released, and had by others.
      lease.release(ReleaseTerms.PLAIN).attempt();
      assertThat(fresh.acquire(fresh.live(2), EXCLUSIVE).lver()).isGreaterThan(1);
    }
  }

  @Test
  void keepsSharingWhileARetractIsPending() throws Exception {
    PaxosLease lease = shared();
    Fate.Late late = new Fate.Late();
    bench
        .host
        .store()
        .fates(op -> op.write() && op.offset() == 0 ? new Fate.OnCommand(late) : Fate.DONE);
    AcquireException e = catchThrowableOfType(AcquireException.class, () -> toExclusive(lease));
    PendingRelease retract = e.retract().orElseThrow();
    late.land();
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(bench.leader().isFree()).isFalse();
    // A release does all that the retract would have done, and more.
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    assertThat(retract.settled()).isTrue();
    assertThat(release.attempt()).isInstanceOf(PendingRelease.Attempt.Done.class);
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).mode().isShared()).isFalse();
  }

  @Test
  void saysThatItSharesIfAnotherHostWroteTheLeaderOfARefusedConversion() throws Exception {
    PaxosLease lease = shared();
    sharedBy(2, 1);
    bench.hosts.alive(2, 1);
    bench.leader(l -> l.lver(1));
    bench
        .host
        .store()
        .before(
            op -> {
              // Just before the leader is freed again another host writes it once more for us.
              if (!op.write() && op.length() == 512 && op.offset() == 3 * 512) {
                bench.leader(l -> l.writeId(4));
              }
            });
    assertThat(conversionFault(lease)).isEqualTo(ErrorCode.EAGAIN);
    assertThat(bench.leader().isFree()).isFalse();
    assertThat(bench.sector(1).mode().isShared()).isTrue();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
    // So others can still share it.
    bench.hosts.alive(1, 3);
    assertThat(bench.acquire(bench.live(5), SHARED).mode()).isEqualTo(HoldMode.SHARED);
  }

  @Test
  void becomesSharedPatiently() throws Exception {
    PaxosLease lease = bench.host.lease();
    bench.acquire(lease, bench.host, EXCLUSIVE);
    int[] count = new int[1];
    bench
        .host
        .store()
        .fates(
            op ->
                op.write() && ++count[0] <= 2 ? new Fate.Slow(Duration.ofSeconds(11)) : Fate.DONE);
    PaxosHold hold = lease.convertToShared(Optional.empty(), bench.host.pause());
    assertThat(hold.mode()).isEqualTo(HoldMode.SHARED);
    assertThat(bench.host.pause().waits())
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).mode()).isEqualTo(ModeBlock.shared(3));
  }

  @Test
  void erasesEverythingAfterAConversionThatFailedHalfWay() throws Exception {
    PaxosLease lease = bench.host.lease();
    bench.acquire(lease, bench.host, EXCLUSIVE);
    bench.host.store().fates(SharedLeaseTest::failsLeader);
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () -> lease.convertToShared(Optional.empty(), bench.host.pause()));
    assertThat(e.code()).isEqualTo(ErrorCode.EIO);
    assertThat(lease.hold().orElseThrow().mode()).isEqualTo(HoldMode.SHARED);
    assertThat(bench.sector(1).mode().isShared()).isTrue();
    assertThat(bench.leader().isFree()).isFalse();
    bench.host.store().fates(op -> Fate.DONE);
    lease.release(ReleaseTerms.PLAIN).attempt();
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).mode().isShared()).isFalse();
  }

  private static Fate failsLeader(Op op) {
    return op.write() && op.offset() == 0 ? Fate.fails(5) : Fate.DONE;
  }
}
