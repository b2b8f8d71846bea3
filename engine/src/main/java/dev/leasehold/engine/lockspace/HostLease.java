// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.LossReason;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.DeltaHold;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether our host lease in one lockspace is still good: the judgement on which every grant hangs.
 *
 * <p>It is good until 8N after the last successful renewal, by the boot-time clock, which counts
 * suspended time (safety rule 4 of docs/design.md). CLOCK_MONOTONIC, by whose truncated seconds the
 * watchdog expires, must agree: should it ever say more than 8N first, that counts. Once it was
 * found to be bad it stays bad, whatever is renewed later. Thread-safe.
 */
final class HostLease {

  private final Timing timing;
  private final Clock clock;
  private final Runnable onLoss;
  private DeltaHold hold;
  private long lastAttempt;
  private Optional<LeaseException> lastFailure = Optional.empty();
  private Optional<LeaseException> corrupt = Optional.empty();
  private Optional<Loss> loss = Optional.empty();
  private boolean renewedTooLate;

  /**
   * @param joined the hold that the join ended with
   * @param onLoss called once, without a lock, by whoever finds the loss; must not block
   */
  HostLease(Timing timing, Clock clock, DeltaHold joined, Runnable onLoss) {
    this.timing = timing;
    this.clock = clock;
    this.onLoss = onLoss;
    this.hold = joined;
    this.lastAttempt = joined.timestamp();
  }

  /** The last successful write. */
  synchronized DeltaHold hold() {
    return hold;
  }

  /** Boot-time nanoseconds at which the lease runs out unless it is renewed. */
  synchronized long expiresAt() {
    return hold.bootNanos() + timing.renewalFail().toNanos();
  }

  /** How long it is still good without another renewal; zero if it is not. */
  Duration remaining() {
    long left = expiresAt() - clock.bootNanos();
    return lost().isPresent() || left < 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  /** Why it was lost, if it was; looks at the clock first. */
  Optional<Loss> check() {
    long boot = clock.bootNanos();
    long monotonic = clock.monotonicSeconds();
    if (isExpired(boot, monotonic)) {
      lose(LossReason.EXPIRED, expiryWords(boot));
    }
    return lost();
  }

  private synchronized boolean isExpired(long boot, long monotonic) {
    return boot - hold.bootNanos() >= timing.renewalFail().toNanos()
        || monotonic - hold.timestamp() > timing.renewalFail().toSeconds();
  }

  private synchronized String expiryWords(long boot) {
    return "the host lease was not renewed for "
        + HostStatusTable.seconds(boot - hold.bootNanos())
        + " s; it is good for "
        + timing.renewalFail().toSeconds()
        + " s"
        + lastFailure.map(failure -> "; last failure: " + failure.detail()).orElse("");
  }

  /** Why it was lost, if that was found; the clock is not looked at. */
  synchronized Optional<Loss> lost() {
    return loss;
  }

  /**
   * Returns if it is good at this moment.
   *
   * @throws LeaseException ENOSPC
   */
  void ensureValid(String lockspace) throws LeaseException {
    Optional<Loss> found = check();
    if (found.isPresent()) {
      throw new LeaseException(
          ErrorCode.ENOSPC, "lockspace " + lockspace + " is lost: " + found.get().words());
    }
  }

  /** Gives it up for good; only the first reason counts. */
  void lose(LossReason reason, String words) {
    boolean robbed = corrupted().map(fault -> fault.code() == ErrorCode.RENEW_OWNER).orElse(false);
    long now = clock.bootNanos();
    synchronized (this) {
      if (loss.isPresent()) {
        return;
      }
      loss = Optional.of(new Loss(reason, words, now, robbed));
    }
    onLoss.run();
  }

  /** An attempt to renew begins. */
  void attempting() {
    long now = clock.monotonicSeconds();
    synchronized (this) {
      lastAttempt = now;
    }
  }

  /** A renewal reached the disk. */
  void renewed(DeltaHold next, boolean late) {
    long now = clock.bootNanos();
    boolean lapsed;
    synchronized (this) {
      // Judged against the success before: the pause may have been inside of this very renewal.
      lapsed = late || next.bootNanos() - hold.bootNanos() >= timing.renewalFail().toNanos();
      renewedTooLate |= now - hold.bootNanos() >= timing.hostDead(0).toNanos();
      hold = next;
      lastFailure = Optional.empty();
    }
    if (lapsed) {
      lose(LossReason.EXPIRED, "the host lease had run out before it was renewed");
    }
  }

  /** A renewal failed; whether its write took effect is not known. */
  synchronized void failed(LeaseException cause) {
    lastFailure = Optional.of(cause);
  }

  /** Our record was overwritten. */
  void corrupted(LeaseException cause) {
    synchronized (this) {
      lastFailure = Optional.of(cause);
      corrupt = Optional.of(corrupt.orElse(cause));
    }
    lose(LossReason.CORRUPT, "our record was overwritten: " + cause.detail());
  }

  /** It had run out before a renewal could be written. */
  void expired() {
    lose(LossReason.EXPIRED, "the host lease ran out in a pause of this process");
  }

  /** Whether others were free to take the leases before the last renewal reached the disk. */
  synchronized boolean tooLateForWatchdog() {
    return renewedTooLate;
  }

  /** The first fault that showed our record overwritten. */
  synchronized Optional<LeaseException> corrupted() {
    return corrupt;
  }

  /** How the last attempt failed; empty if it did not. */
  synchronized Optional<LeaseException> lastFailure() {
    return lastFailure;
  }

  /** CLOCK_MONOTONIC seconds of the last attempt. */
  synchronized long lastAttempt() {
    return lastAttempt;
  }

  /**
   * Until when holders may stop in good order: 8N and the graceful period after the last success. A
   * renewal that succeeds after the loss moves it forward (docs/spec/algorithms.md 1.2), but only
   * if other hosts had not been free to take the leases before it; and not for ever, or a holder
   * that will not stop would keep the lockspace from being joined again: 8N and the graceful period
   * after the loss at the latest.
   *
   * @param gracePeriod g in seconds
   * @return boot-time nanoseconds; already past if there is no time left
   */
  synchronized long graceEnds(int gracePeriod) {
    boolean robbed = renewedTooLate || loss.map(Loss::holdersMayBeRobbed).orElse(false);
    if (robbed) {
      return loss.map(Loss::atBootNanos).orElse(hold.bootNanos());
    }
    long afterSuccess = timing.renewalFail().plusSeconds(gracePeriod).toNanos();
    long ends = hold.bootNanos() + afterSuccess;
    return loss.map(lost -> Math.min(ends, lost.atBootNanos() + afterSuccess)).orElse(ends);
  }
}
