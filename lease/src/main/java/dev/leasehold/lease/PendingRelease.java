// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaseException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A release or retract that may take several attempts (docs/spec/algorithms.md 3.5, 3.6). The
 * storage may hang for long; as long as it is pending this host must not acquire the lease again,
 * and others must take us for its possible owner.
 *
 * <p>Not thread-safe: one call at a time, and no other call on the same lease meanwhile.
 */
public final class PendingRelease {

  /** How an attempt ended. */
  public sealed interface Attempt {

    /** The lease is given up on disk, as far as it was ours. */
    record Done() implements Attempt {}

    /**
     * An I/O timed out or failed. Try again: first N later, then every 2N.
     *
     * @param cause AIO_TIMEOUT or another I/O error: what the client of a first attempt is told
     */
    record StillPending(LeaseException cause) implements Attempt {}

    /**
     * The disk is not as we left it, or our host lease has run out: nothing more to do.
     *
     * @param cause RELEASE_LVER, RELEASE_OWNER, a check of the leader record, or what {@link
     *     ValidityCheck} threw
     */
    record GivenUp(LeaseException cause) implements Attempt {}
  }

  private final PaxosRelease release;
  private final Consumer<Attempt> whenSettled;
  private Optional<Attempt> settled = Optional.empty();

  /**
   * Not attempted yet.
   *
   * @param whenSettled told once of Done or GivenUp
   */
  PendingRelease(PaxosRelease release, Consumer<Attempt> whenSettled) {
    this.release = release;
    this.whenSettled = whenSettled;
  }

  /**
   * Makes one attempt, from the start. After {@link Attempt.Done} or {@link Attempt.GivenUp} does
   * nothing and returns the same again.
   */
  public Attempt attempt() {
    if (settled.isPresent()) {
      return settled.get();
    }
    Attempt attempt = attemptOnce();
    if (!(attempt instanceof Attempt.StillPending)) {
      settled = Optional.of(attempt);
      whenSettled.accept(attempt);
    }
    return attempt;
  }

  private Attempt attemptOnce() {
    try {
      release.run();
      return new Attempt.Done();
    } catch (NotValidException e) {
      return new Attempt.GivenUp(e);
    } catch (LeaseException e) {
      // Retrying all I/O errors, not only time-outs, is compatible (8, item 12): otherwise the
      // lease would stay owned until this host leaves the lockspace.
      return IoFaults.isIo(e) ? new Attempt.StillPending(e) : new Attempt.GivenUp(e);
    }
  }

  /** The same release on disks that were opened afresh; this one is not attempted any more. */
  PendingRelease on(DiskSet fresh) {
    return new PendingRelease(release.on(fresh), attempt -> {});
  }

  /** Whether no further attempt is needed. */
  public boolean settled() {
    return settled.isPresent();
  }

  /** Another release does more than this one would: no further attempt of this one. */
  void supersede() {
    settled = settled.or(() -> Optional.of(new Attempt.Done()));
  }
}
