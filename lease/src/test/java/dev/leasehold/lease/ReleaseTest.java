// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.PendingRelease.Attempt;
import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Releasing (docs/spec/algorithms.md 3.5; docs/spec/ondisk.md 10, release by the holder). */
class ReleaseTest {
  private final Bench bench = new Bench();
  private final PaxosLease lease = bench.host.lease();

  @BeforeEach
  void held() throws Exception {
    bench.acquire(lease, bench.host, AcquireTerms.of(HoldMode.EXCLUSIVE));
    bench.host.store().trace().clear();
  }

  private static Optional<ErrorCode> code(Attempt attempt) {
    return switch (attempt) {
      case Attempt.Done done -> Optional.empty();
      case Attempt.StillPending pending -> Optional.of(pending.cause().code());
      case Attempt.GivenUp givenUp -> Optional.of(givenUp.cause().code());
    };
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change("nothing", null, l -> l),
        change("writer", null, l -> l.writeId(0)),
        change("writer and all else", null, l -> l.writeId(2).lver(9).timestamp(0)),
        change("version", ErrorCode.RELEASE_LVER, l -> l.lver(2)),
        change("version, freed", ErrorCode.RELEASE_LVER, l -> l.lver(2).timestamp(0)),
        change("version, owner", ErrorCode.RELEASE_LVER, l -> l.lver(2).ownerId(2)),
        change("freed", ErrorCode.RELEASE_OWNER, l -> l.timestamp(0)),
        change("owner", ErrorCode.RELEASE_OWNER, l -> l.ownerId(2)),
        change("generation", ErrorCode.RELEASE_OWNER, l -> l.ownerGeneration(2)),
        change("num_hosts", ErrorCode.RELEASE_OWNER, l -> l.numHosts(9)),
        change("flags", ErrorCode.RELEASE_OWNER, l -> l.flags(0x11)),
        change("write time", ErrorCode.RELEASE_OWNER, l -> l.writeTimestamp(5)),
        change("unused2", ErrorCode.RELEASE_OWNER, l -> l.unused2(5)),
        change("magic", ErrorCode.LEADER_MAGIC, l -> l.magic(1)));
  }

  private static Arguments change(
      String what, ErrorCode code, UnaryOperator<LeaderBuilder> change) {
    return Arguments.of(what, Optional.ofNullable(code), change);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("changes")
  void leavesALeaderThatSomebodyChanged(
      String what, Optional<ErrorCode> code, UnaryOperator<LeaderBuilder> change) {
    bench.leader(change);
    LeaderRecord before = bench.leader();
    Attempt attempt = lease.release(ReleaseTerms.PLAIN).attempt();
    assertThat(code(attempt)).isEqualTo(code);
    assertThat(attempt).isNotInstanceOf(Attempt.StillPending.class);
    // Our dblock is marked in all of these cases.
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
    if (!what.equals("nothing")) {
      assertThat(bench.leader()).isEqualTo(before);
    }
  }

  @Test
  void givesUpOnAWrongChecksum() {
    bench.leader(bench.leader().toBuilder().withChecksum(1));
    assertThat(code(lease.release(ReleaseTerms.PLAIN).attempt()))
        .contains(ErrorCode.LEADER_CHECKSUM);
  }

  @Test
  void keepsOwnerVersionAndBallotValues() {
    lease.release(ReleaseTerms.PLAIN).attempt();
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(bench.leader().ownerId()).isEqualTo(1);
    assertThat(bench.leader().lver()).isEqualTo(1);
    assertThat(bench.writes())
        .containsExactly(
            "W host 1: lver 1 mbal 1 bal 1 owner 1/3/5000 RELEASED",
            "W leader: lver 1 owner 1/3/0 by 1");
    assertThat(lease.hold()).isEmpty();
  }

  @Test
  void renames() {
    assertThat(code(lease.release(ReleaseTerms.renaming(Name.of("NEW"))).attempt())).isEmpty();
    assertThat(bench.leader().resourceName()).isEqualTo(Name.of("NEW"));
    assertThat(lease.hint()).isEmpty();
  }

  @Test
  void knowsThatALateRenameTookEffect() {
    Fate.Late late = new Fate.Late();
    PendingRelease release = lease.release(ReleaseTerms.renaming(Name.of("NEW")));
    bench.host.store().fates(op -> leader(op) ? new Fate.OnCommand(late) : Fate.DONE);
    assertThat(code(release.attempt())).contains(ErrorCode.AIO_TIMEOUT);
    late.land();
    assertThat(code(release.attempt())).isEmpty();
  }

  private static boolean leader(Op op) {
    return op.write() && op.offset() == 0;
  }

  private static boolean dblock(Op op) {
    return op.write() && op.offset() > 0;
  }

  @Test
  void staysPendingUntilALateLeaderWriteHasLanded() {
    Fate.Late late = new Fate.Late();
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> leader(op) ? new Fate.OnCommand(late) : Fate.DONE);
    assertThat(code(release.attempt())).contains(ErrorCode.AIO_TIMEOUT);
    assertThat(release.settled()).isFalse();
    bench.host.store().fates(op -> Fate.DONE);
    bench.host.store().trace().clear();
    // Still in flight: no second write is begun, whatever became of the first.
    assertThat(code(release.attempt())).contains(ErrorCode.AIO_TIMEOUT);
    assertThat(bench.host.store().trace()).isEmpty();
    late.land();
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.leader().isFree()).isTrue();
    assertThat(lease.hint()).isPresent();
  }

  @Test
  void writesAgainIfTheLateWriteNeverLanded() {
    Fate.Late late = new Fate.Late();
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> leader(op) ? new Fate.OnCommand(late) : Fate.DONE);
    release.attempt();
    late.vanish();
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(bench.leader().isFree()).isFalse();
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.leader().isFree()).isTrue();
  }

  @Test
  void isDoneWhenSomebodyElseHasTheLeaseAfterALateRelease() throws Exception {
    Fate.Late late = new Fate.Late();
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> leader(op) ? new Fate.OnCommand(late) : Fate.DONE);
    release.attempt();
    late.land();
    bench.acquire(bench.live(2), AcquireTerms.of(HoldMode.EXCLUSIVE));
    LeaderRecord theirs = bench.leader();
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.leader()).isEqualTo(theirs);
  }

  @Test
  void triesAgainAfterAnyFaultOfTheDisk() {
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> op.write() ? Fate.DONE : Fate.fails(5));
    assertThat(code(release.attempt())).contains(ErrorCode.EIO);
    bench.host.store().fates(op -> leader(op) ? Fate.fails(5) : Fate.DONE);
    assertThat(code(release.attempt())).contains(ErrorCode.EIO);
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(code(release.attempt())).isEmpty();
    assertThat(release.settled()).isTrue();
    bench.host.store().trace().clear();
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.host.store().trace()).isEmpty();
  }

  @Test
  void freesTheLeaderEvenIfTheDblockCannotBeMarkedYet() {
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> dblock(op) ? Fate.fails(5) : Fate.DONE);
    assertThat(code(release.attempt())).contains(ErrorCode.EIO);
    assertThat(bench.leader().isFree()).isTrue();
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
  }

  @Test
  void doesNotFreeTheLeaderWhileADblockWriteIsInFlight() {
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> dblock(op) ? Fate.HANGS : Fate.DONE);
    assertThat(code(release.attempt())).contains(ErrorCode.AIO_TIMEOUT);
    assertThat(bench.leader().isFree()).isFalse();
  }

  @Test
  void writesNothingWithoutAValidHostLease() {
    bench.host.invalidate();
    Attempt attempt = lease.release(ReleaseTerms.PLAIN).attempt();
    assertThat(attempt).isInstanceOf(Attempt.GivenUp.class);
    assertThat(code(attempt)).contains(ErrorCode.ENOSPC);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void isNotAcquiredAgainBeforeTheReleaseIsSettled() throws Exception {
    PendingRelease release = lease.release(ReleaseTerms.PLAIN);
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () -> bench.acquire(lease, bench.host, AcquireTerms.of(HoldMode.EXCLUSIVE)));
    assertThat(e.code()).isEqualTo(ErrorCode.EAGAIN);
    release.attempt();
    assertThat(bench.acquire(lease, bench.host, AcquireTerms.of(HoldMode.EXCLUSIVE)).lver())
        .isEqualTo(2);
  }

  @Test
  void releasesASharedLeaseWithoutTheLeader() throws Exception {
    PaxosLease shared = bench.host.lease();
    lease.release(ReleaseTerms.PLAIN).attempt();
    bench.acquire(shared, bench.host, AcquireTerms.of(HoldMode.SHARED));
    bench.host.store().trace().clear();
    PendingRelease release = shared.release(ReleaseTerms.PLAIN);
    bench.host.store().fates(op -> Fate.fails(5));
    assertThat(code(release.attempt())).contains(ErrorCode.EIO);
    assertThat(bench.sector(1).mode().isShared()).isTrue();
    bench.host.store().fates(op -> Fate.DONE);
    assertThat(code(release.attempt())).isEmpty();
    assertThat(bench.sector(1).mode().isShared()).isFalse();
    assertThat(bench.sector(1).dblock().isReleased()).isTrue();
    assertThat(bench.host.store().trace()).allMatch(ReleaseTest::dblock);
  }

  @Test
  void notesALockValueBlockThatCannotBeWritten() {
    long lvb = 2002 * 512;
    bench.host.store().fates(op -> op.offset() == lvb ? Fate.fails(5) : Fate.DONE);
    assertThat(code(lease.release(ReleaseTerms.withLvb(new byte[512])).attempt())).isEmpty();
    assertThat(bench.host.notes()).hasSize(1).first().asString().contains("lock value block");
  }
}
