// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LossReason;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.DeltaHold;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The judgement of validity, to the nanosecond. */
class HostLeaseTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Timing TIMING = new Timing(10, 60);

  /** Boot-time and monotonic clock, set by hand. */
  private static final class HandClock implements Clock {
    private long boot = 1000 * SECOND;
    private long monotonic = 500;

    @Override
    public long monotonicSeconds() {
      return monotonic;
    }

    @Override
    public long bootNanos() {
      return boot;
    }

    @Override
    public Instant wallTime() {
      return Instant.EPOCH;
    }
  }

  private final HandClock clock = new HandClock();
  private int losses;
  private final HostLease lease = new HostLease(TIMING, clock, hold(500, 1000), () -> losses++);

  private static DeltaHold hold(long timestamp, long bootSeconds) {
    return new DeltaHold(new Member(1, 1), timestamp, bootSeconds * SECOND);
  }

  @Test
  void isGoodUntilJustBeforeEightIoTimeouts() {
    clock.boot = 1080 * SECOND - 1;
    clock.monotonic = 579;
    assertThat(lease.check()).isEmpty();
    assertThat(lease.remaining()).isEqualTo(Duration.ofNanos(1));
    clock.boot++;
    assertThat(lease.check()).map(Loss::reason).contains(LossReason.EXPIRED);
    assertThat(lease.remaining()).isEqualTo(Duration.ZERO);
    assertThat(losses).isEqualTo(1);
  }

  @Test
  void runsOutByTheMonotonicClockAsWellShouldTheTwoDisagree() {
    clock.boot = 1079 * SECOND;
    clock.monotonic = 580; // a truncated second is no disagreement
    assertThat(lease.check()).isEmpty();
    clock.monotonic = 581;
    assertThat(lease.check()).isPresent();
  }

  @Test
  void isLostForGood() {
    clock.boot = 1080 * SECOND;
    assertThat(lease.check()).isPresent();
    lease.renewed(hold(581, 1081), false);
    clock.boot = 1081 * SECOND;
    clock.monotonic = 581;
    assertThat(lease.check()).isPresent();
    assertThat(losses).isEqualTo(1);
  }

  @Test
  void aPauseInsideOfARenewalIsALoss() {
    clock.boot = 1090 * SECOND;
    clock.monotonic = 590;
    lease.renewed(hold(590, 1090), false);
    assertThat(lease.check()).map(Loss::reason).contains(LossReason.EXPIRED);
  }

  @Test
  void aRenewalThatWasLateIsALoss() {
    lease.renewed(hold(570, 1070), true);
    assertThat(lease.check()).isPresent();
  }

  @Test
  void graceEndsEightIoTimeoutsAndGAfterTheLastSuccess() {
    clock.boot = 1080 * SECOND;
    lease.lose(LossReason.EXPIRED, "");
    assertThat(lease.graceEnds(40)).isEqualTo(1120 * SECOND);
    clock.boot = 1090 * SECOND;
    lease.renewed(hold(575, 1075), true);
    assertThat(lease.graceEnds(40)).isEqualTo(1195 * SECOND);
    clock.boot = 1130 * SECOND;
    lease.renewed(hold(630, 1130), true);
    assertThat(lease.graceEnds(40))
        .as("not later than that after the loss")
        .isEqualTo(1200 * SECOND);
    assertThat(lease.tooLateForWatchdog()).isFalse();
  }

  @Test
  void aRenewalThatCompletesAfterHostDeadEndsTheGrace() {
    lease.lose(LossReason.EXPIRED, "");
    clock.boot = 1140 * SECOND;
    lease.renewed(hold(630, 1130), true);
    assertThat(lease.graceEnds(40)).isEqualTo(1000 * SECOND);
    assertThat(lease.tooLateForWatchdog()).isTrue();
  }

  @Test
  void anotherOwnerEndsTheGraceAtOnceButOtherCorruptionDoesNot() {
    lease.corrupted(new LeaseException(ErrorCode.RENEW_OWNER, "taken"));
    assertThat(lease.graceEnds(40)).isEqualTo(clock.boot);
    HostLease other = new HostLease(TIMING, clock, hold(500, 1000), () -> {});
    other.corrupted(new LeaseException(ErrorCode.LEADER_CHECKSUM, "torn"));
    assertThat(other.graceEnds(40)).isEqualTo(1120 * SECOND);
    other.corrupted(new LeaseException(ErrorCode.RENEW_OWNER, "taken"));
    assertThat(other.corrupted()).map(LeaseException::code).contains(ErrorCode.LEADER_CHECKSUM);
  }
}
