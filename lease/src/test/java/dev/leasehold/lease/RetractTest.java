// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.PendingRelease.Attempt;
import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What an acquisition that failed half-way takes back (docs/spec/algorithms.md 3.6). */
class RetractTest {
  private static final AcquireTerms EXCLUSIVE = AcquireTerms.of(HoldMode.EXCLUSIVE);

  private final Bench bench = new Bench();

  private static boolean leader(Op op) {
    return op.write() && op.offset() == 0;
  }

  private static Predicate<Op> nth(int wanted, Predicate<Op> kind) {
    int[] seen = new int[1];
    return op -> kind.test(op) && ++seen[0] == wanted;
  }

  private AcquireException failing(PaxosLease lease, Predicate<Op> which, Fate fate) {
    bench.host.store().fates(op -> which.test(op) ? fate : Fate.DONE);
    return catchThrowableOfType(
        AcquireException.class, () -> bench.acquire(lease, bench.host, EXCLUSIVE));
  }

  @Test
  void leavesPhase1AsItIs() {
    AcquireException e = failing(bench.host.lease(), nth(2, op -> !op.write()), Fate.fails(5));
    assertThat(e.code()).isEqualTo(ErrorCode.DBLOCK_READ);
    assertThat(bench.writes()).containsExactly("W host 1: lver 1 mbal 1 bal 0 owner 0/0/0");
  }

  @Test
  void marksItsDblockAfterPhase2() {
    AcquireException e = failing(bench.host.lease(), nth(3, op -> !op.write()), Fate.fails(5));
    assertThat(e.code()).isEqualTo(ErrorCode.DBLOCK_READ);
    assertThat(e.retract()).isEmpty();
    // The values stay, because somebody may be about to adopt them (8, item 5).
    assertThat(bench.writes())
        .endsWith(
            "W host 1: lver 1 mbal 1 bal 1 owner 1/3/5000",
            "W host 1: lver 1 mbal 1 bal 1 owner 1/3/5000 RELEASED");
    assertThat(bench.leader().lver()).isZero();
  }

  @Test
  void freesTheLeaderIfItsWriteLandedAfterAll() {
    Fate.Late late = new Fate.Late();
    AcquireException e =
        failing(bench.host.lease(), nth(1, RetractTest::leader), new Fate.OnCommand(late));
    assertThat(e.code()).isEqualTo(ErrorCode.AIO_TIMEOUT);
    PendingRelease retract = e.retract().orElseThrow();
    assertThat(retract.attempt()).isInstanceOf(Attempt.StillPending.class);
    late.land();
    assertThat(bench.leader().isFree()).isFalse();
    assertThat(retract.attempt()).isInstanceOf(Attempt.Done.class);
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
  }

  @Test
  void leavesTheLeaderIfItsWriteNeverLanded() {
    Fate.Late late = new Fate.Late();
    AcquireException e =
        failing(bench.host.lease(), nth(1, RetractTest::leader), new Fate.OnCommand(late));
    late.vanish();
    bench.host.store().trace().clear();
    assertThat(e.retract().orElseThrow().attempt()).isInstanceOf(Attempt.Done.class);
    assertThat(bench.writes()).noneMatch(w -> w.startsWith("W leader"));
  }

  @Test
  void leavesALeaderThatAnotherHostWroteForUs() {
    Fate.Late late = new Fate.Late();
    AcquireException e =
        failing(bench.host.lease(), nth(1, RetractTest::leader), new Fate.OnCommand(late));
    late.vanish();
    // Host 2 saw our value and committed it.
    Host two = bench.live(2);
    bench.hosts.alive(1, 3);
    AcquireException lost =
        catchThrowableOfType(AcquireException.class, () -> bench.acquire(two, EXCLUSIVE));
    assertThat(lost.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(bench.leader().ownerId()).isEqualTo(1);
    assertThat(bench.leader().writeId()).isEqualTo(2);
    assertThat(e.retract().orElseThrow().attempt()).isInstanceOf(Attempt.Done.class);
    assertThat(bench.leader().isFree()).isFalse();
    // RELEASED is enough for the others.
    assertThat(catchThrowableOfType(AcquireException.class, () -> bench.acquire(two, EXCLUSIVE)))
        .isNull();
    assertThat(bench.leader().ownerId()).isEqualTo(2);
  }

  @Test
  void doesNotMistakeAValueThatItGaveUpForALease() throws Exception {
    failing(bench.host.lease(), nth(1, RetractTest::leader), Fate.fails(5));
    bench.host.store().fates(op -> Fate.DONE);
    bench.host.store().trace().clear();
    PaxosHold hold = bench.acquire(HoldMode.EXCLUSIVE);
    // The value of version 1 was given up: others may have gone on from there. It is brought to
    // its end, and what we hold is version 2.
    assertThat(hold.lver()).isEqualTo(2);
    assertThat(bench.writes())
        .containsExactly(
            "W host 1: lver 1 mbal 2001 bal 1 owner 1/3/5000",
            "W host 1: lver 1 mbal 2001 bal 2001 owner 1/3/5000",
            "W leader: lver 1 owner 1/3/5000 by 1",
            "W host 1: lver 2 mbal 4001 bal 0 owner 0/0/0",
            "W host 1: lver 2 mbal 4001 bal 4001 owner 1/3/5001",
            "W leader: lver 2 owner 1/3/5001 by 1");
  }

  @Test
  void doesNotTakeAnotherHostsCommitOfAGivenUpValueForALease() throws Exception {
    failing(bench.host.lease(), nth(1, RetractTest::leader), Fate.fails(5));
    bench.hosts.alive(1, 3);
    Host two = bench.live(2);
    // While host 1 is between the first read and its first write, host 2 commits the old value,
    // sees that it was given up, and takes the next version.
    bench.host.store().fates(op -> Fate.DONE);
    boolean[] once = {true};
    bench
        .host
        .store()
        .before(
            op -> {
              if (op.write() && once[0]) {
                once[0] = false;
                takes(two);
              }
            });
    AcquireException e =
        catchThrowableOfType(AcquireException.class, () -> bench.acquire(HoldMode.EXCLUSIVE));
    assertThat(bench.leader().ownerId()).isEqualTo(2);
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
  }

  private void takes(Host two) {
    try {
      assertThat(bench.acquire(two, EXCLUSIVE).lver()).isEqualTo(2);
    } catch (AcquireException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void freesItsOwnOldLeaseIfItCannotTakeItAgain() {
    bench.owned(1, 3, 6);
    AcquireException e = failing(bench.host.lease(), nth(2, op -> !op.write()), Fate.fails(5));
    assertThat(e.code()).isEqualTo(ErrorCode.DBLOCK_READ);
    // Phase 1 took RELEASED away; without this the lease would stay ours and held by nobody.
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
  }

  @Test
  void isNotAcquiredAgainBeforeTheRetractIsSettled() {
    PaxosLease lease = bench.host.lease();
    Fate.Late late = new Fate.Late();
    AcquireException e = failing(lease, nth(1, RetractTest::leader), new Fate.OnCommand(late));
    assertThat(failing(lease, op -> false, Fate.DONE).code()).isEqualTo(ErrorCode.EAGAIN);
    late.land();
    e.retract().orElseThrow().attempt();
    assertThat(failing(lease, op -> false, Fate.DONE)).isNull();
  }

  @Test
  void undoesASharedAcquisitionThatFailsAtTheEnd() {
    for (int transfer = 7; transfer <= 9; transfer++) {
      Bench fresh = new Bench();
      int[] count = new int[1];
      int failing = transfer;
      fresh.host.store().fates(op -> ++count[0] == failing ? Fate.fails(5) : Fate.DONE);
      AcquireException e =
          catchThrowableOfType(AcquireException.class, () -> fresh.acquire(HoldMode.SHARED));
      assertThat(e.code()).isEqualTo(ErrorCode.EIO);
      assertThat(e.retract()).isEmpty();
      assertThat(fresh.leader().isFree()).isTrue();
      assertThat(fresh.sector(1).mode().isShared()).isFalse();
      assertThat(fresh.sector(1).dblock().isReleased()).isTrue();
      assertThat(fresh.sector(1).dblock().inp()).isEqualTo(1);
    }
  }
}
