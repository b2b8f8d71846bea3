// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ballots that meet other ballots (docs/spec/algorithms.md 3.1 to 3.4). */
class BallotTest {
  private static final AcquireTerms EXCLUSIVE = AcquireTerms.of(HoldMode.EXCLUSIVE);

  private final Bench bench = new Bench();

  private AcquireException refused() {
    return catchThrowableOfType(AcquireException.class, () -> bench.acquire(HoldMode.EXCLUSIVE));
  }

  /** Something that others do just before transfer number {@code n} of host 1. */
  private void before(int n, Runnable what) {
    Consumer<Op> action =
        op -> {
          if (bench.host.store().trace().size() == n - 1) {
            what.run();
          }
        };
    bench.host.store().before(action);
  }

  private static List<String> io(Host host) {
    return Golden.trace(host.store().trace()).stream().map(s -> s.substring(0, 3)).toList();
  }

  private static Dblock accepted(long hostId, long mbal, long lver) {
    return Dblock.phase1(mbal, lver).phase2(hostId, 1, 77);
  }

  // --- numbers ---------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "0,2000,1,1",
    "0,2000,7,7",
    "1,2000,1,2001",
    "2001,2000,2,4002",
    "2000,2000,1,4001",
    "1999,2000,2000,4000",
    "5,250,6,256"
  })
  void countsAboveEveryNumberSeen(long highest, long maxHosts, long hostId, long next)
      throws Exception {
    assertThat(BallotNumber.above(highest, maxHosts, hostId)).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({"1,1,2001", "1,2,2001", "1,2003,4001", "6001,1,8001"})
  void retriesOneStepFurtherOrAboveTheOthers(long own, long highest, long next) throws Exception {
    assertThat(BallotNumber.retry(own, highest, 2000, 1)).isEqualTo(next);
  }

  @Test
  void neverSharesANumber() throws Exception {
    for (long a = 1; a <= 5; a++) {
      for (long b = 1; b <= 5; b++) {
        for (long highest = 0; highest < 60; highest++) {
          long numberA = BallotNumber.above(highest, 5, a);
          assertThat(numberA).isGreaterThan(highest);
          assertThat(a == b || numberA != BallotNumber.above(highest, 5, b)).isTrue();
        }
      }
    }
  }

  @Test
  void refusesNumbersThatCannotBeRaised() {
    assertThatThrownBy(() -> BallotNumber.above(-5, 2000, 1)).isInstanceOf(LeaseException.class);
    bench.sector(3, Dblock.phase1(-5, 9), ModeBlock.NONE);
    assertThat(refused().code()).isEqualTo(ErrorCode.DBLOCK_MBAL);
    assertThat(bench.writes()).isEmpty();
  }

  // --- contention (3.4) ------------------------------------------------------------------------

  @Test
  void learnsAfterAnAbortThatTheOtherWon() {
    // The other one is ahead in phase 1, and has won when we look again.
    before(3, () -> bench.sector(2, Dblock.phase1(2002, 1), ModeBlock.NONE));
    bench.host.pause().during(() -> bench.owned(2, 1, 1));
    AcquireException e = refused();
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OWNED);
    assertThat(e.leader()).contains(bench.leader());
    assertThat(io(bench.host)).containsExactly("R a", "W 2", "R a", "R 0");
    assertThat(bench.host.pause().waits()).hasSize(1);
    assertThat(e.retract()).isEmpty();
  }

  @Test
  void winsWithoutAWriteIfTheOtherCommittedUs() throws Exception {
    before(5, () -> bench.sector(2, Dblock.phase1(2002, 1), ModeBlock.NONE));
    bench
        .host
        .pause()
        .during(
            () ->
                bench.leader(
                    l ->
                        l.lver(1)
                            .ownerId(1)
                            .ownerGeneration(3)
                            .timestamp(5000)
                            .writeId(2)
                            .writeGeneration(1)));
    PaxosLease lease = bench.host.lease();
    PaxosHold hold = bench.acquire(lease, bench.host, EXCLUSIVE);
    assertThat(hold.leader()).isEqualTo(bench.leader());
    assertThat(io(bench.host)).containsExactly("R a", "W 2", "R a", "W 2", "R a", "R 0");
    // It must not write the leader at the release either.
    lease.release(ReleaseTerms.PLAIN).attempt();
    assertThat(bench.leader()).isEqualTo(hold.leader());
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
  }

  @Test
  void startsAgainIfTheWinnerHasReleasedAlready() throws Exception {
    before(3, () -> bench.sector(2, Dblock.phase1(2002, 1), ModeBlock.NONE));
    bench
        .host
        .pause()
        .during(() -> bench.leader(l -> l.lver(1).ownerId(2).ownerGeneration(1).writeId(2)));
    // sanlock answers -244 here although the lease is free (8, item 17).
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(2);
  }

  @Test
  void triesAgainWithAHigherNumberIfNobodyHasWon() throws Exception {
    before(3, () -> bench.sector(2, Dblock.phase1(6002, 1), ModeBlock.NONE));
    PaxosHold hold = bench.acquire(HoldMode.EXCLUSIVE);
    assertThat(hold.dblock().mbal()).isEqualTo(8001);
    assertThat(hold.lver()).isEqualTo(1);
    // A fraction of a second; a ballot takes no time in this world.
    assertThat(bench.host.pause().waits()).hasSize(1);
    assertThat(bench.host.pause().waits().getFirst().toMillis()).isLessThanOrEqualTo(1);
  }

  @Test
  void backsOffLongerEachTimeButNotForEver() {
    BackOff backOff =
        new BackOff(
            new java.util.Random(1) {
              @Override
              public long nextLong(long bound) {
                return bound - 1;
              }
            },
            java.time.Duration.ZERO);
    long[] millis = new long[14];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = backOff.next(i == 3 ? 20_000_000L : 0).toMillis();
    }
    assertThat(millis)
        .containsExactly(1, 2, 4, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000, 1000, 1000);
  }

  @Test
  void canBeCalledOffWhileItBacksOff() {
    before(3, () -> bench.sector(2, Dblock.phase1(2002, 1), ModeBlock.NONE));
    bench.host.pause().during(() -> bench.host.pause().callOff());
    assertThat(refused().code()).isEqualTo(ErrorCode.EPERM);
  }

  @Test
  void abortsIfAnotherVersionIsUnderWay() throws Exception {
    before(3, () -> bench.sector(2, Dblock.phase1(3, 5), ModeBlock.NONE));
    bench.host.pause().during(() -> bench.leader(l -> l.lver(4)));
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(5);
  }

  @Test
  void skipsDamagedDblocksOnceTheBallotRuns() throws Exception {
    before(3, () -> bench.sector(2, new Dblock(9999, 9999, 2, 1, 7, 1, 1, 0), ModeBlock.NONE));
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(1);
  }

  @Test
  void adoptsTheValueOfTheHighestBallot() {
    bench.hosts.alive(3, 1);
    bench.hosts.alive(4, 1);
    before(
        3,
        () -> {
          bench.sector(3, accepted(3, 0, 1).withMbal(1), ModeBlock.NONE);
          bench.sector(4, new Dblock(1, 1, 4, 1, 88, 1, 0, 0).withChecksum(), ModeBlock.NONE);
        });
    AcquireException e = refused();
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(bench.leader().ownerId()).isEqualTo(4);
    assertThat(bench.leader().timestamp()).isEqualTo(88);
    assertThat(bench.sector(1).dblock().inp()).isEqualTo(4);
  }

  // --- never setting the leader back -----------------------------------------------------------

  @Test
  void doesNotCommitAWinnerThatIsThroughAlready() throws Exception {
    // Host 2 wins and releases version 1 between our first read and our ballot.
    Host two = bench.live(2);
    before(
        2,
        () -> {
          try {
            PaxosLease theirs = two.lease();
            theirs.acquire(EXCLUSIVE, two.pause(), OwnerWait.Listener.SILENT);
            theirs.release(ReleaseTerms.PLAIN).attempt();
          } catch (AcquireException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(2);
    assertThat(bench.writes().stream().filter(w -> w.startsWith("W leader")))
        .containsExactly("W leader: lver 2 owner 1/3/5000 by 1");
  }

  @Test
  void goesOnAfterAWinnerThatHasGivenUp() throws Exception {
    // Host 3 proposed itself, retracted, and will never write the leader.
    bench.hosts.alive(3, 1);
    bench.sector(3, accepted(3, 3, 1).released(), ModeBlock.NONE);
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(2);
    assertThat(bench.writes())
        .contains("W leader: lver 1 owner 3/1/77 by 1", "W leader: lver 2 owner 1/3/5000 by 1");
  }

  @Test
  void joinsTheLatestVersionIfALateWriteHasSetTheLeaderBack() {
    // The leader shows version 3, but host 2 holds version 5. sanlock would abort for ever.
    bench.hosts.alive(2, 1);
    bench.hosts.alive(3, 1);
    bench.leader(l -> l.lver(3).ownerId(3).ownerGeneration(1).writeId(4));
    bench.sector(2, accepted(2, 2002, 5), ModeBlock.NONE);
    AcquireException e = refused();
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(bench.leader().lver()).isEqualTo(5);
    assertThat(bench.leader().ownerId()).isEqualTo(2);
    assertThat(refused().code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
  }

  @Test
  void takesALeaseWhoseLeaderWasSetBackOnceItIsFree() throws Exception {
    bench.hosts.alive(2, 1);
    bench.leader(l -> l.lver(3).ownerId(3).ownerGeneration(1).writeId(4));
    bench.sector(2, accepted(2, 2002, 5).released(), ModeBlock.NONE);
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(6);
  }

  @Test
  void neverGoesBackToAVersionThatItUsedItself() throws Exception {
    bench.leader(l -> l.lver(3).ownerId(3).ownerGeneration(1).writeId(4));
    bench.sector(1, accepted(1, 2001, 5).released(), ModeBlock.NONE);
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(6);
    assertThat(bench.writes()).noneMatch(w -> w.contains("lver 4"));
  }

  @Test
  void keepsWhatItAcceptedEarlierForTheSameVersion() {
    // In an earlier ballot we accepted host 3's value; host 3 may believe that it has won.
    bench.hosts.alive(3, 1);
    bench.sector(1, accepted(3, 2001, 1), ModeBlock.NONE);
    assertThat(refused().code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(bench.writes().getFirst())
        .isEqualTo("W host 1: lver 1 mbal 4001 bal 2001 owner 3/1/77");
    assertThat(bench.leader().ownerId()).isEqualTo(3);
  }

  @Test
  void isNotAnOwnerByAValueOfItsOlderGeneration() throws Exception {
    bench.sector(1, accepted(1, 2001, 1), ModeBlock.NONE);
    PaxosHold hold = bench.acquire(HoldMode.EXCLUSIVE);
    assertThat(hold.lver()).isEqualTo(2);
    assertThat(hold.leader().ownerGeneration()).isEqualTo(3);
    assertThat(bench.writes()).contains("W leader: lver 1 owner 1/1/77 by 1");
  }

  @Test
  void refusesIfSomebodyElseKeepsWritingToItsSector() {
    bench
        .host
        .store()
        .before(
            op -> {
              if (!op.write() && bench.host.store().trace().size() > 1) {
                bench.sector(1, Dblock.EMPTY, ModeBlock.NONE);
              }
            });
    AcquireException e = refused();
    assertThat(e.code()).isEqualTo(ErrorCode.DBLOCK_READ);
    assertThat(e).hasMessageContaining("our host id 1");
    assertThat(bench.leader().lver()).isZero();
  }
}
