// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Bench;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Golden;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/spec/ondisk.md section 10, column "acquire", and docs/spec/algorithms.md A.3, acquire. */
class AcquireErrorsTest {
  private final Bench bench = new Bench();

  private AcquireException refused(AcquireTerms terms) {
    return catchThrowableOfType(AcquireException.class, () -> bench.acquire(bench.host, terms));
  }

  private ErrorCode refusal() {
    return refused(AcquireTerms.of(HoldMode.EXCLUSIVE)).code();
  }

  static Stream<Arguments> badLeaders() {
    return Stream.of(
        bad(ErrorCode.LEADER_MAGIC, "magic 0", l -> l.magic(0)),
        bad(ErrorCode.LEADER_MAGIC, "cleared", l -> l.magic(LeaderRecord.CLEARED_MAGIC)),
        bad(ErrorCode.LEADER_MAGIC, "delta magic", l -> l.magic(LeaderRecord.DELTA_MAGIC)),
        bad(ErrorCode.LEADER_VERSION, "older", l -> l.version(0x00050004)),
        bad(ErrorCode.LEADER_VERSION, "newer", l -> l.version(0x00070004)),
        bad(ErrorCode.LEADER_VERSION, "unknown flag", l -> l.flags(0x110)),
        bad(ErrorCode.LEADER_LOCKSPACE, "lockspace", l -> l.spaceName(Name.of("LS1"))),
        bad(ErrorCode.LEADER_LOCKSPACE, "extra letter", l -> l.spaceName(Name.of("LS0x"))),
        bad(ErrorCode.LEADER_RESOURCE, "resource", l -> l.resourceName(Name.of("RES2"))),
        bad(ErrorCode.LEADER_RESOURCE, "extra letter", l -> l.resourceName(Name.of("RES1x"))),
        bad(ErrorCode.LEADER_NUMHOSTS, "num_hosts 0", l -> l.numHosts(0)),
        bad(ErrorCode.LEADER_NUMHOSTS, "num_hosts too large", l -> l.numHosts(2001)),
        bad(ErrorCode.LEADER_NUMHOSTS, "max_hosts 0", l -> l.maxHosts(0)),
        bad(ErrorCode.LEADER_SECTORSIZE, "sector size", l -> l.sectorSize(1024)));
  }

  private static Arguments bad(ErrorCode code, String name, UnaryOperator<LeaderBuilder> change) {
    return Arguments.of(code, name, change);
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("badLeaders")
  void refusesABadLeader(ErrorCode code, String name, UnaryOperator<LeaderBuilder> change) {
    bench.leader(change);
    byte[] before = bench.disk.copy(0, bench.disk.length());
    assertThat(refusal()).isEqualTo(code);
    assertThat(bench.disk.copy(0, bench.disk.length())).isEqualTo(before);
  }

  static Stream<UnaryOperator<LeaderBuilder>> goodLeaders() {
    return Stream.of(
        l -> l,
        l -> l.version(0x00060000),
        l -> l.version(0x0006FFFF),
        l -> l.spaceName(Name.ofBytes(new byte[] {'L', 'S', '0', 0, 'x'})),
        l -> l.resourceName(Name.ofBytes(new byte[] {'R', 'E', 'S', '1', 0, 'x'})),
        l -> l.numHosts(1),
        l -> l.flags(0),
        l -> l.flags(0x11),
        l -> l.ioTimeout(9).unused1(4).unused2(3));
  }

  @ParameterizedTest
  @MethodSource("goodLeaders")
  void takesAndKeepsWhatIsOnlyUnusual(UnaryOperator<LeaderBuilder> change) throws Exception {
    bench.leader(change);
    LeaderRecord before = bench.leader();
    bench.acquire(HoldMode.EXCLUSIVE);
    LeaderRecord after = bench.leader();
    assertThat(after.ownerId()).isEqualTo(1);
    assertThat(after.version()).isEqualTo(before.version());
    assertThat(after.flags()).isEqualTo(before.flags() & ~LeaderRecord.SHORT_HOLD);
    assertThat(after.spaceName()).isEqualTo(before.spaceName());
    assertThat(after.resourceName()).isEqualTo(before.resourceName());
    assertThat(after.ioTimeout()).isEqualTo(before.ioTimeout());
    assertThat(after.unused1()).isEqualTo(before.unused1());
    assertThat(after.unused2()).isEqualTo(before.unused2());
  }

  @Test
  void refusesAWrongChecksum() {
    bench.leader(bench.leader().toBuilder().withChecksum(1));
    assertThat(refusal()).isEqualTo(ErrorCode.LEADER_CHECKSUM);
  }

  @Test
  void tellsAHostAboveNumHostsWhatToChange() {
    Host high = new Host(bench.world, bench.hosts, 9, 1, bench.disk);
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class, () -> bench.acquire(high, AcquireTerms.of(HoldMode.EXCLUSIVE)));
    assertThat(e.code()).isEqualTo(ErrorCode.LEADER_NUMHOSTS);
    assertThat(e)
        .hasMessageContaining("host id is 9")
        .hasMessageContaining("higher num_hosts")
        .hasMessageContaining("min_hosts in leasehold.conf");
  }

  @Test
  void refusesADblockWithAWrongChecksumInTheFirstRead() {
    Dblock wrong = new Dblock(3, 0, 0, 0, 0, 1, 99, 0);
    bench.sector(3, wrong, ModeBlock.NONE);
    assertThat(refusal()).isEqualTo(ErrorCode.DBLOCK_CHECKSUM);
    // Before anything else is looked at.
    assertThat(refused(AcquireTerms.of(HoldMode.EXCLUSIVE).wantingLver(7)).code())
        .isEqualTo(ErrorCode.DBLOCK_CHECKSUM);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void takesUnusedDblocksWithGarbageInTheUncheckedFields() throws Exception {
    bench.sector(3, new Dblock(0, 0, 0, 5, 6, 0, 0, 0), ModeBlock.NONE);
    bench.sector(4, new Dblock(0, 0, 0, 0, 0, 0, 0, 1), ModeBlock.NONE);
    assertThat(bench.acquire(HoldMode.EXCLUSIVE).lver()).isEqualTo(1);
  }

  @Test
  void commitsAnotherHostWhoseValueWasAccepted() {
    bench.hosts.alive(3, 1);
    bench.sector(3, Dblock.phase1(3, 1).phase2(3, 1, 77), ModeBlock.NONE);
    AcquireException e = refused(AcquireTerms.of(HoldMode.EXCLUSIVE));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_OTHER);
    assertThat(e.leader()).contains(bench.leader());
    assertThat(bench.leader().ownerId()).isEqualTo(3);
    assertThat(bench.leader().timestamp()).isEqualTo(77);
    assertThat(bench.leader().writeId()).isEqualTo(1);
    assertThat(e.retract()).isEmpty();
  }

  @Test
  void refusesAnotherVersionThanWanted() {
    bench.hosts.alive(2, 1);
    bench.owned(2, 1, 4);
    AcquireException e = refused(AcquireTerms.of(HoldMode.EXCLUSIVE).wantingLver(3));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_LVER);
    assertThat(refused(AcquireTerms.of(HoldMode.EXCLUSIVE).wantingLver(4)).code())
        .isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void refusesALiveOwnerWithoutWriting() {
    bench.hosts.alive(2, 1);
    bench.owned(2, 1, 4);
    AcquireException e = refused(AcquireTerms.of(HoldMode.EXCLUSIVE));
    assertThat(e.code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
    assertThat(e.leader()).contains(bench.leader());
    assertThat(e).hasMessageContaining("host-2 (host id 2)");
    // One read of the lease, one of the delta record, as in 3.4.
    assertThat(Golden.trace(bench.host.store().trace())).containsExactly("R area");
    assertThat(bench.hosts.reads()).isEqualTo(1);
  }

  @Test
  void passesOnWhyTheOwnerCannotBeLookedUp() {
    bench.owned(2, 1, 4);
    for (ErrorCode code :
        new ErrorCode[] {
          ErrorCode.ACQUIRE_LOCKSPACE,
          ErrorCode.ACQUIRE_IDDISK,
          ErrorCode.LEADER_CHECKSUM,
          ErrorCode.AIO_TIMEOUT
        }) {
      bench.hosts.failing(new LeaseException(code, "test"));
      assertThat(refusal()).isEqualTo(code);
    }
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void refusesTermsThatDoNotFit() {
    AcquireTerms terms = AcquireTerms.of(HoldMode.EXCLUSIVE);
    assertThat(refused(terms.settingNumHosts(2001)).code()).isEqualTo(ErrorCode.EINVAL);
    assertThat(refused(terms.settingNumHosts(-1)).code()).isEqualTo(ErrorCode.EINVAL);
    bench.leader(l -> l.numHosts(2000));
    Host high = new Host(bench.world, bench.hosts, 9, 1, bench.disk);
    assertThat(
            catchThrowableOfType(
                    AcquireException.class, () -> bench.acquire(high, terms.settingNumHosts(8)))
                .code())
        .isEqualTo(ErrorCode.EINVAL);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void changesNumHosts() throws Exception {
    bench.acquire(bench.host, AcquireTerms.of(HoldMode.EXCLUSIVE).settingNumHosts(1500));
    assertThat(bench.leader().numHosts()).isEqualTo(1500);
  }

  // --- I/O -------------------------------------------------------------------------------------

  private static Predicate<Op> nth(int wanted, Predicate<Op> kind) {
    int[] seen = new int[1];
    return op -> kind.test(op) && ++seen[0] == wanted;
  }

  private void fails(Predicate<Op> which, Fate fate) {
    bench.host.store().fates(op -> which.test(op) ? fate : Fate.DONE);
  }

  private static final Predicate<Op> READ = op -> !op.write();
  private static final Predicate<Op> LEADER = op -> op.write() && op.offset() == 0;
  private static final Predicate<Op> DBLOCK = op -> op.write() && op.offset() > 0;

  static Stream<Arguments> ioFaults() {
    return Stream.of(
        Arguments.of("first read", nth(1, READ), Fate.fails(5), ErrorCode.EIO),
        Arguments.of("first read", nth(1, READ), Fate.fails(90), ErrorCode.EMSGSIZE),
        Arguments.of("first read", nth(1, READ), Fate.HANGS, ErrorCode.AIO_TIMEOUT),
        Arguments.of("phase 1 write", nth(1, DBLOCK), Fate.fails(5), ErrorCode.DBLOCK_WRITE),
        Arguments.of("phase 1 read", nth(2, READ), Fate.fails(5), ErrorCode.DBLOCK_READ),
        Arguments.of("phase 2 write", nth(2, DBLOCK), Fate.fails(5), ErrorCode.DBLOCK_WRITE),
        Arguments.of("phase 2 read", nth(3, READ), Fate.HANGS, ErrorCode.DBLOCK_READ),
        Arguments.of("leader write", nth(1, LEADER), Fate.fails(5), ErrorCode.EIO),
        Arguments.of("leader write", nth(1, LEADER), Fate.HANGS, ErrorCode.AIO_TIMEOUT));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("ioFaults")
  void reportsFaultsOfTheDisk(String what, Predicate<Op> which, Fate fate, ErrorCode code) {
    fails(which, fate);
    AcquireException e = refused(AcquireTerms.of(HoldMode.EXCLUSIVE));
    assertThat(e.code()).isEqualTo(code);
    assertThat(e).hasMessageContaining("/mem");
  }

  @Test
  void refusesAnAreaThatEndsTooEarly() {
    Host short1 = new Host(bench.world, bench.hosts, 1, 3, Host.smallDisk(Host.RESOURCE, 4));
    AcquireException e =
        catchThrowableOfType(
            AcquireException.class,
            () -> bench.acquire(short1, AcquireTerms.of(HoldMode.EXCLUSIVE)));
    assertThat(e.code()).isEqualTo(ErrorCode.EMSGSIZE);
  }

  @Test
  void writesNothingOnceItsHostLeaseHasRunOut() {
    bench.host.invalidate();
    assertThat(refusal()).isEqualTo(ErrorCode.ENOSPC);
    assertThat(bench.writes()).isEmpty();
  }

  @Test
  void writesNothingMoreWhenItsHostLeaseRunsOutOnTheWay() {
    for (int transfers = 1; transfers <= 6; transfers++) {
      Bench fresh = new Bench();
      int stopAt = transfers;
      fresh
          .host
          .store()
          .before(
              op -> {
                if (fresh.host.store().trace().size() == stopAt - 1) {
                  fresh.host.invalidate();
                }
              });
      AcquireException e =
          catchThrowableOfType(AcquireException.class, () -> fresh.acquire(HoldMode.EXCLUSIVE));
      assertThat(e.code()).isEqualTo(ErrorCode.ENOSPC);
      assertThat(e.retract()).isEmpty();
      // At most the transfer that was begun, and the read that follows a write.
      assertThat(fresh.host.store().trace().size()).isBetween(stopAt, stopAt + 1);
      assertThat(fresh.host.store().trace().subList(stopAt, fresh.host.store().trace().size()))
          .noneMatch(Op::write);
    }
  }
}
