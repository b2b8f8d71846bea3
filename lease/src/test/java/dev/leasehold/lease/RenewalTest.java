// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.lease.RenewalResult.Corrupt;
import dev.leasehold.lease.RenewalResult.Expired;
import dev.leasehold.lease.RenewalResult.Failed;
import dev.leasehold.lease.RenewalResult.Renewed;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Lockspace;
import dev.leasehold.lease.fake.Lockspace.Joiner;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Renewing and giving back a host id (docs/spec/algorithms.md 2.3, 2.4; ondisk.md 10, renewal). */
class RenewalTest {
  private final SoloWorld world = new SoloWorld(5000);
  private final Lockspace lockspace = new Lockspace(world);
  private final Joiner joiner = lockspace.joiner("host-a");

  @BeforeEach
  void joined() throws Exception {
    joiner.lease.acquire(ReacquirePolicy.WAIT, joiner.pause, AreaObserver.NONE);
    joiner.store.trace().clear();
  }

  private RenewalResult renew() {
    return joiner.lease.renew(HostEvent.NONE, HostBitmap.EMPTY, AreaObserver.NONE);
  }

  private static void corrupt(RenewalResult result, ErrorCode code) {
    assertThat(result).isInstanceOf(Corrupt.class);
    assertThat(((Corrupt) result).cause().code()).isEqualTo(code);
  }

  private static void failed(RenewalResult result, ErrorCode code) {
    assertThat(result).isInstanceOf(Failed.class);
    assertThat(((Failed) result).cause().code()).isEqualTo(code);
    assertThat(((Failed) result).timedOut()).isEqualTo(code == ErrorCode.AIO_TIMEOUT);
  }

  @Test
  void readsTheAreaAndWritesItsSector() {
    long now = world.now();
    HostEvent event = new HostEvent(1, 2, 3);
    RenewalResult result = joiner.lease.renew(event, HostBitmap.of(List.of(7L)), AreaObserver.NONE);
    DeltaHold hold = new DeltaHold(new Member(1, 1), 5020, now);
    assertThat(result).isEqualTo(new Renewed(hold, 0, 0, false));
    assertThat(joiner.lease.hold()).isEqualTo(hold);
    assertThat(joiner.store.trace()).hasSize(2);
    assertThat(joiner.store.trace().getFirst().length()).isEqualTo(1 << 20);
    assertThat(lockspace.record().event()).isEqualTo(event);
    assertThat(lockspace.sector().bitmap().hostIds()).containsExactly(7L);
  }

  @Test
  void takesItsTimeBeforeTheWriteBegins() {
    joiner.store.fates(op -> op.write() ? new Fate.Slow(Duration.ofSeconds(30)) : Fate.DONE);
    long now = world.now();
    Renewed renewed = (Renewed) renew();
    assertThat(renewed.hold().timestamp()).isEqualTo(5020);
    assertThat(renewed.hold().bootNanos()).isEqualTo(now);
    assertThat(renewed.writeMillis()).isEqualTo(30_000);
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change(ErrorCode.RENEW_OWNER, "generation", r -> r.ownerGeneration(2)),
        change(ErrorCode.RENEW_OWNER, "owner id", r -> r.ownerId(2)),
        change(ErrorCode.RENEW_OWNER, "name", r -> r.resourceName(Name.of("host-b"))),
        change(
            ErrorCode.RENEW_OWNER,
            "residue after the name",
            r -> r.resourceName(Name.ofBytes("host-a\0x".getBytes()))),
        change(ErrorCode.RENEW_DIFF, "lver", r -> r.lver(2)),
        change(ErrorCode.RENEW_DIFF, "timestamp", r -> r.timestamp(9)),
        change(ErrorCode.RENEW_DIFF, "freed", r -> r.timestamp(0)),
        change(ErrorCode.RENEW_DIFF, "write_id", r -> r.writeId(2)),
        change(ErrorCode.RENEW_DIFF, "unused2", r -> r.unused2(2)),
        change(ErrorCode.RENEW_DIFF, "io timeout", r -> r.ioTimeout(2)),
        change(ErrorCode.LEADER_MAGIC, "magic", r -> r.magic(2)),
        change(ErrorCode.LEADER_VERSION, "version", r -> r.version(0x00040000)),
        change(ErrorCode.LEADER_LOCKSPACE, "lockspace", r -> r.spaceName(Name.of("X"))));
  }

  private static Arguments change(
      ErrorCode code, String what, UnaryOperator<LeaderBuilder> change) {
    return Arguments.of(code, what, change);
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("changes")
  void noticesEveryChangeByAnother(
      ErrorCode code, String what, UnaryOperator<LeaderBuilder> change) {
    lockspace.record(change);
    int[] shown = new int[1];
    corrupt(
        joiner.lease.renew(HostEvent.NONE, HostBitmap.EMPTY, (area, from, to) -> shown[0]++), code);
    // The other hosts are looked at all the same; nothing is written.
    assertThat(shown).containsExactly(1);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
  }

  @Test
  void noticesAWrongChecksumButNotABitmap() {
    lockspace.disk.put(300, new byte[] {1});
    assertThat(renew()).isInstanceOf(Renewed.class);
    lockspace.record().toBuilder().withChecksum(1).encode(lockspace.disk.bytes(), 0);
    corrupt(renew(), ErrorCode.LEADER_CHECKSUM);
  }

  @Test
  void goesOnIfTheRecordIsItsOwnAgain() {
    LeaderRecord mine = lockspace.record();
    lockspace.record(r -> r.ownerId(2));
    corrupt(renew(), ErrorCode.RENEW_OWNER);
    mine.encode(lockspace.disk.bytes(), 0);
    assertThat(renew()).isInstanceOf(Renewed.class);
  }

  @Test
  void comparesOnlyTheOwnerAfterAnAttemptThatFailed() {
    joiner.store.fates(op -> op.write() ? Fate.fails(5) : Fate.DONE);
    failed(renew(), ErrorCode.EIO);
    joiner.store.fates(op -> Fate.DONE);
    lockspace.record(r -> r.timestamp(5021)); // as if that write had landed
    assertThat(renew()).isInstanceOf(Renewed.class);
    lockspace.record(r -> r.timestamp(5021));
    corrupt(renew(), ErrorCode.RENEW_DIFF);
    lockspace.record(r -> r.ownerGeneration(5));
    corrupt(renew(), ErrorCode.RENEW_OWNER);
  }

  // --- slow storage ----------------------------------------------------------------------------

  @Test
  void waitsForTheLateReadOfTheAttemptBefore() {
    joiner.store.fates(op -> op.write() ? Fate.DONE : new Fate.Slow(Duration.ofSeconds(15)));
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    world.sleep(Duration.ofMillis(500));
    joiner.store.trace().clear();
    long[] times = new long[2];
    RenewalResult result =
        joiner.lease.renew(
            HostEvent.NONE,
            HostBitmap.EMPTY,
            (area, started, ended) -> {
              times[0] = started;
              times[1] = ended;
            });
    assertThat(result).isInstanceOf(Renewed.class);
    // No new read, and what was read is as old as it is.
    assertThat(joiner.store.trace()).hasSize(1).allMatch(Op::write);
    assertThat(Duration.ofNanos(times[1] - times[0]).toMillis()).isBetween(15_000L, 15_100L);
  }

  @Test
  void readsAnewIfTheLateReadDoesNotEnd() {
    boolean[] hang = {true};
    joiner.store.fates(op -> !op.write() && hang[0] ? Fate.HANGS : Fate.DONE);
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    hang[0] = false;
    long before = world.now();
    assertThat(renew()).isInstanceOf(Renewed.class);
    // N of extension, then a new read.
    assertThat(world.now() - before).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(joiner.store.trace().stream().filter(op -> !op.write())).hasSize(2);
  }

  @Test
  void givesTheWriteALongTime() {
    joiner.store.fates(op -> op.write() ? Fate.HANGS : Fate.DONE);
    long before = world.now();
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    assertThat(world.now() - before).isEqualTo(Duration.ofSeconds(140).toNanos());
  }

  @Test
  void doesNotBeginAWriteWhileOneIsInFlight() {
    Fate.Late late = new Fate.Late();
    joiner.store.fates(op -> op.write() ? new Fate.OnCommand(late) : Fate.DONE);
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    joiner.store.fates(op -> Fate.DONE);
    joiner.store.trace().clear();
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
    late.land();
    assertThat(renew()).isInstanceOf(Renewed.class);
  }

  // --- running out -----------------------------------------------------------------------------

  @Test
  void isInTimeUntil8NAfterTheLastSuccess() {
    // The join wrote 20 s ago.
    world.sleep(Duration.ofSeconds(60).minusNanos(1));
    assertThat(((Renewed) renew()).late()).isFalse();
    world.sleep(Duration.ofSeconds(80));
    assertThat(((Renewed) renew()).late()).isTrue();
  }

  @Test
  void saysThatItIsLateButKeepsTheOthersAway() {
    joiner.clock.suspend(Duration.ofHours(1));
    Renewed renewed = (Renewed) renew();
    assertThat(renewed.late()).isTrue();
    // The clock on disk does not count the suspension.
    assertThat(renewed.hold().timestamp()).isEqualTo(5020);
    assertThat(renewed.hold().bootNanos()).isEqualTo(world.now());
  }

  @Test
  void findsOutAfterASuspensionThatItsIdIsTaken() {
    joiner.clock.suspend(Duration.ofHours(1));
    lockspace.taken("host-b", 2, 77, 10);
    corrupt(renew(), ErrorCode.RENEW_OWNER);
    assertThat(lockspace.record().resourceName()).isEqualTo(Name.of("host-b"));
  }

  @Test
  void writesNothingIfItRanOutBetweenReadAndWrite() {
    RenewalResult result =
        joiner.lease.renew(
            HostEvent.NONE,
            HostBitmap.EMPTY,
            (area, from, to) -> {
              joiner.clock.suspend(Duration.ofSeconds(60));
              lockspace.taken("host-b", 2, 77, 10);
            });
    assertThat(result).isInstanceOf(Expired.class);
    assertThat(joiner.store.trace()).noneMatch(Op::write);
    corrupt(renew(), ErrorCode.RENEW_OWNER);
  }

  @Test
  void writesNothingLongAfterALateReadEither() {
    joiner.clock.suspend(Duration.ofHours(1));
    RenewalResult result =
        joiner.lease.renew(
            HostEvent.NONE,
            HostBitmap.EMPTY,
            (area, from, to) -> joiner.clock.suspend(Duration.ofSeconds(20)));
    assertThat(result).isInstanceOf(Expired.class);
  }

  @Test
  void doesNotUseALateReadThatIsOlderThanItsLease() {
    Fate.Late late = new Fate.Late();
    boolean[] first = {true};
    joiner.store.fates(
        op -> {
          boolean hangs = !op.write() && first[0];
          first[0] = false;
          return hangs ? new Fate.OnCommand(late) : Fate.DONE;
        });
    failed(renew(), ErrorCode.AIO_TIMEOUT);
    late.land();
    joiner.clock.suspend(Duration.ofHours(1));
    lockspace.taken("host-b", 2, 77, 10);
    corrupt(renew(), ErrorCode.RENEW_OWNER);
  }

  // --- release ---------------------------------------------------------------------------------

  @Test
  void givesBackWithOneWrite() throws Exception {
    joiner.lease.renew(new HostEvent(1, 2, 3), HostBitmap.of(List.of(7L)), AreaObserver.NONE);
    LeaderRecord last = lockspace.record();
    joiner.store.trace().clear();
    assertThat(joiner.lease.release()).isTrue();
    assertThat(joiner.store.trace()).hasSize(1);
    assertThat(lockspace.record()).isEqualTo(last.deltaReleased());
    assertThat(lockspace.sector().bitmap().isEmpty()).isTrue();
    // Somebody else may have it by now.
    assertThat(joiner.lease.release()).isFalse();
    assertThat(joiner.store.trace()).hasSize(1);
  }

  @Test
  void isLeftAloneAfterAFailedAttempt() throws Exception {
    joiner.store.fates(op -> op.write() ? Fate.fails(5) : Fate.DONE);
    renew();
    joiner.store.fates(op -> Fate.DONE);
    assertThat(joiner.lease.release()).isFalse();
    assertThat(lockspace.record().isFree()).isFalse();
  }

  @Test
  void isLeftAloneOnceItHasRunOut() throws Exception {
    joiner.clock.suspend(Duration.ofSeconds(60));
    lockspace.taken("host-b", 2, 77, 10);
    assertThat(joiner.lease.release()).isFalse();
    assertThat(lockspace.record().isFree()).isFalse();
  }

  @Test
  void isNotWrittenASecondTimeIfTheFirstWriteIsUnknown() {
    joiner.store.fates(op -> Fate.HANGS);
    assertThatThrownBy(joiner.lease::release).hasMessageContaining("AIO_TIMEOUT");
    joiner.store.fates(op -> Fate.DONE);
    assertThat(releasedAgain()).isFalse();
  }

  private boolean releasedAgain() {
    try {
      return joiner.lease.release();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
