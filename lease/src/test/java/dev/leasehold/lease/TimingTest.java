// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.MemStore;
import dev.leasehold.lease.fake.SoloWorld;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of docs/spec/algorithms.md 1.1, and transfers with deadlines. */
class TimingTest {
  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({"1,2,6,8,68,6", "5,10,30,40,100,30", "10,20,60,80,140,60", "20,40,120,160,220,120"})
  void derivesAllTimesFromN(int n, long renewal, long warn, long fail, long dead, long bitmap) {
    Timing timing = new Timing(n, 60);
    assertThat(timing.io()).isEqualTo(Duration.ofSeconds(n));
    assertThat(timing.renewal()).isEqualTo(Duration.ofSeconds(renewal));
    assertThat(timing.renewalWarn()).isEqualTo(Duration.ofSeconds(warn));
    assertThat(timing.renewalFail()).isEqualTo(Duration.ofSeconds(fail));
    assertThat(timing.renewalWrite()).isEqualTo(Duration.ofSeconds(dead));
    assertThat(timing.hostDead(n)).isEqualTo(Duration.ofSeconds(dead));
    assertThat(timing.hostDead(0)).isEqualTo(Duration.ofSeconds(dead));
    assertThat(timing.setBitmap()).isEqualTo(Duration.ofSeconds(bitmap));
    assertThat(timing.deltaShortDelay(0)).isEqualTo(Duration.ofSeconds(renewal));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 256})
  void refusesAnIoTimeoutThatDoesNotFitTheDisk(int n) {
    assertThatThrownBy(() -> new Timing(n, 60)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nobodyIsDeadBeforeMoreThan8NPlusWWholeSeconds() {
    Timing timing = new Timing(10, 60);
    long since = 12_345_678_901L;
    assertThat(timing.isDead(since, since, 10)).isFalse();
    assertThat(timing.isDead(since, since + 140 * SECOND, 10)).isFalse();
    assertThat(timing.isDead(since, since + 141 * SECOND - 1, 10)).isFalse();
    assertThat(timing.isDead(since, since + 141 * SECOND, 10)).isTrue();
    assertThat(timing.deadFrom(since, 10)).isEqualTo(since + 141 * SECOND);
    // A clock that went back is no proof.
    assertThat(timing.isDead(since, since - 500 * SECOND, 10)).isFalse();
  }

  /** A host that runs C truncates both values and wants the difference to exceed 8N + W. */
  @Test
  void isNeverEarlierThanAHostThatTruncates() {
    Timing timing = new Timing(1, 60);
    for (long since = 0; since < 3 * SECOND; since += SECOND / 7) {
      for (long now = since + 66 * SECOND; now < since + 72 * SECOND; now += SECOND / 11) {
        boolean theirs = now / SECOND - since / SECOND > 68;
        assertThat(theirs || !timing.isDead(since, now, 1)).isTrue();
      }
    }
  }

  // --- transfers -------------------------------------------------------------------------------

  private final SoloWorld world = new SoloWorld(100);
  private final MemStore store = new MemStore(new MemDisk(8192), world);
  private final LeaseArea area = new LeaseArea(store, 1024, Geometry.SECTOR_512);

  private LeaseException write(ValidityCheck check) {
    return catchThrowableOfType(
        LeaseException.class,
        () ->
            area.writeSector(
                512,
                sector -> sector.fill((byte) 7),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                check));
  }

  @Test
  void writesASectorOfTheArea() throws Exception {
    assertThat(write(ValidityCheck.NONE)).isNull();
    assertThat(store.disk().copy(1536, 512)).containsOnly(7);
    assertThat(store.disk().copy(0, 1536)).containsOnly(0);
    try (var block = area.readSector(512, Duration.ofSeconds(10))) {
      assertThat(block.length()).isEqualTo(512);
      assertThat(block.bytes().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 7);
    }
  }

  @Test
  void namesPathOffsetAndCauseOfAFault() {
    store.fates(op -> Fate.fails(121));
    assertThat(write(ValidityCheck.NONE).code()).isEqualTo(ErrorCode.EREMOTEIO);
    store.fates(op -> Fate.fails(131)); // no code of its own
    LeaseException e = write(ValidityCheck.NONE);
    assertThat(e.code()).isEqualTo(ErrorCode.EIO);
    assertThat(e)
        .hasMessageContaining("/mem")
        .hasMessageContaining("1536")
        .hasMessageContaining("131");
  }

  @Test
  void waitsForAnEarlierWriteThatMissedItsDeadline() {
    store.fates(op -> new Fate.Slow(Duration.ofSeconds(13)));
    assertThat(write(ValidityCheck.NONE).code()).isEqualTo(ErrorCode.AIO_TIMEOUT);
    store.fates(op -> Fate.DONE);
    long before = world.now();
    assertThat(write(ValidityCheck.NONE)).isNull();
    assertThat(Duration.ofNanos(world.now() - before)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void beginsNoSecondWriteIfTheFirstDoesNotSettle() {
    store.fates(op -> Fate.HANGS);
    write(ValidityCheck.NONE);
    store.trace().clear();
    long before = world.now();
    LeaseException e = write(ValidityCheck.NONE);
    assertThat(e.code()).isEqualTo(ErrorCode.AIO_TIMEOUT);
    assertThat(e).hasMessageContaining("nothing was written");
    assertThat(store.trace()).isEmpty();
    assertThat(Duration.ofNanos(world.now() - before)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void asksForValidityAfterTheWaitAndBeforeTheWrite() {
    store.fates(op -> new Fate.Slow(Duration.ofSeconds(13)));
    write(ValidityCheck.NONE);
    store.trace().clear();
    long landed = world.now() + Duration.ofSeconds(3).toNanos();
    LeaseException e =
        write(
            () -> {
              assertThat(world.now()).isGreaterThanOrEqualTo(landed);
              throw new LeaseException(ErrorCode.ENOSPC, "run out");
            });
    assertThat(e.code()).isEqualTo(ErrorCode.ENOSPC);
    assertThat(store.trace()).isEmpty();
  }
}
