// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;

/**
 * Told what happens. Each listener has a task and a queue of its own, so a slow one delays neither
 * the engine nor another listener; calls to one listener come one after the other, in order.
 *
 * <p>What it is told is a hint in good time, not the truth at the moment of the call: before a step
 * that needs the lease ask {@link Lockspaces#ensureValid}.
 */
public interface LeaseListener {

  /** The lockspace is joined. */
  default void joined(LockspaceView lockspace) {}

  /** It could not be joined; whoever asked for it is told as well. */
  default void joinFailed(LockspaceSpec lockspace, LeaseException why) {}

  /** A renewal succeeded. */
  default void renewed(Name lockspace, long timestamp) {}

  /**
   * A renewal failed; it is tried again.
   *
   * @param remaining how long the host lease is still good
   */
  default void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {}

  /**
   * The leases of this lockspace will be lost soon: no renewal has succeeded for more than 4 io
   * timeouts (two in a row are missing), half of the time there is. Called once when that is found,
   * then every io timeout until a renewal succeeds or the lockspace is lost.
   *
   * @param remaining until they are lost; the time to stop work in good order
   */
  default void atRisk(Name lockspace, Duration remaining) {}

  /** A renewal succeeded after {@link #atRisk}. */
  default void outOfRisk(Name lockspace) {}

  /**
   * The leases of this lockspace are lost, for good. Holders are being stopped from now on; other
   * hosts may take the leases once the watchdog's fire time has passed as well.
   */
  default void lost(Name lockspace, LossReason reason, String words) {}

  /** The lockspace was left. */
  default void gone(Name lockspace) {}

  /** A host's state changed as far as the last look at the area shows. */
  default void hostChanged(Name lockspace, HostView host) {}

  /**
   * A holder was told to stop.
   *
   * @param action in words, e.g. "SIGTERM" or "killpath /usr/bin/x"
   */
  default void holderStopped(Name lockspace, int pid, String action) {}

  /** A holder did not stop after 100 attempts; only its end or the watchdog helps now. */
  default void holderStuck(Name lockspace, int pid) {}

  /**
   * A lease was taken from a host that is gone and had not given it back. Told when the lease is
   * ours, also if the request as a whole is refused in the end because of another lease.
   */
  default void leaseTakenOver(TakeOver takeOver) {}

  /**
   * A request for leases was answered.
   *
   * @param refusal why; empty if all were granted
   * @param took from the call to the answer, of the boot-time clock
   */
  default void acquireEnded(Optional<Refusal> refusal, Duration took) {}

  /** Something an administrator may want to read; one line. */
  default void note(String words) {}
}
