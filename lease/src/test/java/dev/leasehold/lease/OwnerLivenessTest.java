// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When an owner counts as gone (docs/spec/algorithms.md 1.2, 1.3 and the loop of 3.2). */
class OwnerLivenessTest {
  private static final AcquireTerms TERMS = AcquireTerms.of(HoldMode.EXCLUSIVE);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Bench bench = new Bench();
  private final long start = bench.world.now();

  @BeforeEach
  void ownedByHost2() {
    bench.owned(2, 5, 7);
    bench.hosts.record(2, 5, 1002, 10);
  }

  private ErrorCode refusal(AcquireTerms terms) {
    return catchThrowableOfType(AcquireException.class, () -> bench.acquire(bench.host, terms))
        .code();
  }

  private long waited() {
    return Duration.ofNanos(bench.world.now() - start).toSeconds();
  }

  @ParameterizedTest
  @CsvSource({"10,140", "1,68", "20,220"})
  void isDeadOnlyAfterMoreThan8NPlusWWholeSecondsOfTheOwnersN(int ownerN, long limit)
      throws Exception {
    bench.hosts.record(2, 5, 1002, ownerN);
    bench.hosts.look(2, 0);
    bench.world.sleep(Duration.ofSeconds(limit));
    bench.hosts.sighting(lookedAgain());
    // Exactly 8N + W: not yet.
    assertThat(refusal(TERMS.withoutWaiting())).isEqualTo(ErrorCode.ACQUIRE_OWNED_RETRY);
    bench.world.sleep(SECOND.minusNanos(1));
    assertThat(refusal(TERMS.withoutWaiting())).isEqualTo(ErrorCode.ACQUIRE_OWNED_RETRY);
    assertThat(bench.writes()).isEmpty();
    bench.world.sleep(Duration.ofNanos(1));
    assertThat(bench.acquire(bench.host, TERMS.withoutWaiting()).lver()).isEqualTo(8);
  }

  /** Host 2 as it was seen first at the beginning, and again just now without a change. */
  private HostSighting lookedAgain() {
    HostSighting seen = bench.hosts.sighting(2).orElseThrow();
    return new HostSighting(
        2,
        2,
        seen.generation(),
        seen.ownerName(),
        seen.timestamp(),
        seen.ioTimeout(),
        start,
        bench.world.now(),
        java.util.OptionalLong.of(start));
  }

  @Test
  void waitsForTheRestOfTheTime() throws Exception {
    bench.hosts.look(2, 100);
    List<OwnerWait> told = new ArrayList<>();
    PaxosHold hold = bench.host.lease().acquire(TERMS, bench.host.pause(), told::add);
    assertThat(hold.lver()).isEqualTo(8);
    assertThat(waited()).isEqualTo(41);
    assertThat(told).hasSize(41);
    OwnerWait wait = told.getFirst();
    assertThat(wait.leader().ownerId()).isEqualTo(2);
    assertThat(wait.ownerName()).isEqualTo(Name.of("host-2"));
    assertThat(wait.sinceBootNanos()).isEqualTo(start - Duration.ofSeconds(100).toNanos());
    assertThat(wait.untilBootNanos()).isEqualTo(bench.world.now());
    // Every second the leader and the delta record; then the leader once more, and the ballot.
    assertThat(bench.hosts.reads()).isEqualTo(42);
    List<String> io = Golden.trace(bench.host.store().trace());
    assertThat(io.subList(0, 43)).startsWith("R area", "R 0").endsWith("R 0", "R 0");
    assertThat(io.get(43)).startsWith("W 2 ");
  }

  @Test
  void countsFromTheEndOfTheFirstLookIfNeverSeenBefore() throws Exception {
    bench.hosts.unseen(2);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isEqualTo(141);
  }

  @Test
  void doesNotTakeARecordThatAnOlderGenerationSetFreeForALeave() throws Exception {
    // A late write: generation 5 may live, and will find out at its next renewal.
    bench.hosts.record(2, 4, 0, 10);
    bench.hosts.unseen(2);
    assertThat(refusal(TERMS.withoutWaiting())).isEqualTo(ErrorCode.ACQUIRE_OWNED_RETRY);
    long before = waited();
    bench.acquire(bench.host, TERMS);
    assertThat(waited() - before).isEqualTo(141);
  }

  @Test
  void takesItsOwnTimeoutWhereTheRecordHasNone() throws Exception {
    bench.hosts.record(2, 5, 1002, 0);
    bench.hosts.unseen(2);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isEqualTo(141);
  }

  @Test
  void takesTheLongerTimeoutIfCacheAndRecordDiffer() throws Exception {
    bench.hosts.record(2, 5, 1002, 20);
    bench.hosts.look(2, 100);
    bench.hosts.sighting(bench.hosts.sighting(2).orElseThrow());
    // What is not covered by the checksum may be anything.
    bench.hosts.record(2, 5, 1002, 1);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isEqualTo(121);
  }

  @Test
  void doesNotCountASlowLookAsTime() throws Exception {
    bench.hosts.look(2, 140);
    // The record could have changed after it was sampled and before the answer came.
    boolean[] slow = {true};
    bench.hosts.beforeRead(
        () -> {
          if (slow[0]) {
            slow[0] = false;
            bench.world.sleep(Duration.ofSeconds(9));
          }
        });
    bench.acquire(bench.host, TERMS);
    // The first look began at 140 s exactly; the next one decides.
    assertThat(bench.hosts.reads()).isEqualTo(2);
  }

  @Test
  void believesAChangeSeenByTheLastRenewal() {
    bench.hosts.look(2, 0);
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(waited()).isZero();
  }

  @Test
  void believesAChangeOnTheDisk() {
    bench.hosts.look(2, 100);
    bench.hosts.record(2, 5, 1003, 10);
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(waited()).isZero();
  }

  @Test
  void noticesThatASilentOwnerIsBackInTheMiddleOfTheWait() {
    bench.hosts.look(2, 100);
    bench
        .host
        .pause()
        .during(
            () -> {
              if (waited() == 20) {
                bench.hosts.record(2, 5, 1099, 10);
              }
            });
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(waited()).isEqualTo(21);
  }

  @Test
  void takesOverAtOnceFromAnOwnerThatLeft() throws Exception {
    bench.hosts.look(2, 1);
    bench.hosts.record(2, 5, 0, 10);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isZero();
  }

  @Test
  void takesOverAtOnceFromAnOwnerThatJoinedAnew() throws Exception {
    bench.hosts.look(2, 1);
    bench.hosts.record(2, 6, 2002, 10);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isZero();
  }

  /** Acquires, and says from whom the lease was taken over. */
  private List<LostOwner> takenFrom(PaxosLease lease) throws AcquireException {
    List<LostOwner> told = new ArrayList<>();
    lease.acquire(TERMS, bench.host.pause(), listener(told));
    return told;
  }

  private static OwnerWait.Listener listener(List<LostOwner> told) {
    return new OwnerWait.Listener() {
      @Override
      public void waiting(OwnerWait wait) {}

      @Override
      public void tookOver(LostOwner owner) {
        told.add(owner);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"5, 1002, DEAD, host-2", "5, 0, LEFT, host-2", "6, 2002, JOINED_ANEW, "})
  void tellsFromWhomItWasTakenOver(long generation, long timestamp, LostOwner.End end, String name)
      throws Exception {
    bench.hosts.look(2, 100);
    bench.hosts.record(2, generation, timestamp, 10);
    LeaderRecord before = bench.leader();
    assertThat(takenFrom(bench.host.lease()))
        .containsExactly(
            new LostOwner(before, java.util.Optional.ofNullable(name).map(Name::of), end));
  }

  @Test
  void tellsOfNoTakeOverWhereTheLeaseWasGivenBackOrIsOurs() throws Exception {
    bench.hosts.look(2, 50);
    bench
        .host
        .pause()
        .during(
            () -> {
              if (waited() == 5) {
                bench.leader(l -> l.timestamp(0));
              }
            });
    assertThat(takenFrom(bench.host.lease())).isEmpty();
    bench.owned(1, 3, 9);
    assertThat(takenFrom(bench.host.lease())).isEmpty();
  }

  @Test
  void doesNotTakeAForeignRecordForProof() throws Exception {
    bench.hosts.look(2, 1);
    LeaderRecord foreign =
        LeaderRecord.freshDelta(Host.SPACE, Geometry.SECTOR_512, 10).toBuilder()
            .ownerId(3)
            .ownerGeneration(9)
            .timestamp(1002)
            .build();
    bench.hosts.record(2, foreign);
    assertThat(refusal(TERMS.withoutWaiting())).isEqualTo(ErrorCode.ACQUIRE_OWNED_RETRY);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isEqualTo(140);
  }

  @Test
  void doesNotBelieveASightingOfAnotherGeneration() throws Exception {
    // Seen long ago, silent since: but that was generation 4, and 5 has the lease.
    bench.hosts.record(2, 4, 1002, 10);
    bench.hosts.look(2, 1000);
    bench.hosts.record(2, 5, 1002, 10);
    bench.acquire(bench.host, TERMS);
    assertThat(waited()).isEqualTo(141);
  }

  @Test
  void needsTwoLooksBeforeItGivesUpWaiting() {
    bench.hosts.unseen(2);
    assertThat(refusal(TERMS.withoutWaiting())).isEqualTo(ErrorCode.ACQUIRE_OWNED_RETRY);
    assertThat(waited()).isEqualTo(1);
    assertThat(bench.hosts.reads()).isEqualTo(2);
  }

  @Test
  void refusesAnOwnerThatCannotBeLookedUp() {
    for (long id : new long[] {0, 2001, -1}) {
      bench.owned(id, 1, 7);
      assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    }
    assertThat(bench.hosts.reads()).isZero();
  }

  @Test
  void startsAgainWhenTheLeaderChanges() throws Exception {
    bench.hosts.look(2, 50);
    bench
        .host
        .pause()
        .during(
            () -> {
              if (waited() == 5) {
                bench.leader(l -> l.timestamp(0));
              }
            });
    assertThat(bench.acquire(bench.host, TERMS).lver()).isEqualTo(8);
    assertThat(waited()).isEqualTo(6);
  }

  @Test
  void canBeCalledOff() {
    bench.hosts.look(2, 50);
    bench
        .host
        .pause()
        .during(
            () -> {
              if (waited() == 3) {
                bench.host.pause().callOff();
              }
            });
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.EPERM);
    assertThat(bench.writes()).isEmpty();
  }

  // --- own leases, and those that others wrote -------------------------------------------------

  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void takesItsOwnLeaseOfThisOrAnOlderGeneration(long generation) throws Exception {
    bench.owned(1, generation, 7);
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(8);
    assertThat(bench.hosts.reads()).isZero();
  }

  @Test
  void doesNotTakeItsOwnLeaseOfANewerGeneration() {
    bench.hosts.alive(1, 3);
    bench.owned(1, 4, 7);
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
  }

  @ParameterizedTest(name = "version {0}, mbal {1}, released {2}: {3}")
  @CsvSource({
    "7, 2, true, true", // released this version
    "8, 2, true, true", // or a later one
    "8, 2, false, true", // went on to a later one
    "7, 2, false, false", // holds it
    "6, 2, true, false", // an earlier release proves nothing
    "0, 0, true, true" // retracted the way C hosts do
  })
  void believesTheOwnersDblockIfAnotherHostWroteTheLeader(
      long lver, long mbal, boolean released, boolean gone) throws Exception {
    bench.hosts.alive(2, 5);
    bench.leader(l -> l.writeId(3));
    Dblock dblock = mbal == 0 ? Dblock.EMPTY : Dblock.phase1(mbal, lver).phase2(2, 5, 77);
    bench.sector(2, released ? dblock.released() : dblock, ModeBlock.NONE);
    if (gone) {
      // Version 8 has a value already in some cases: then that is committed first.
      assertThat(catchThrowableOfType(AcquireException.class, this::acquireTwice)).isNull();
    } else {
      assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    }
  }

  private void acquireTwice() throws AcquireException {
    try {
      bench.acquire(bench.host, TERMS);
    } catch (AcquireException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    }
  }

  @Test
  void doesNotLookAtTheDblockOfAnOwnerThatWroteTheLeaderItself() {
    bench.hosts.alive(2, 5);
    bench.sector(2, Dblock.phase1(2, 7).phase2(2, 5, 77).released(), ModeBlock.NONE);
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
  }

  @Test
  void doesNotBelieveADamagedDblock() {
    bench.hosts.alive(2, 5);
    bench.leader(l -> l.writeId(3));
    // Damaged after the first read of the lease, which would have refused it.
    bench.hosts.beforeRead(
        () -> bench.sector(2, new Dblock(2, 2, 2, 5, 77, 7, 99, 1), ModeBlock.NONE));
    assertThat(refusal(TERMS)).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
  }
}
