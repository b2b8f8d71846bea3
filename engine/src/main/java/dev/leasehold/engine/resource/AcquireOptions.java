// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderLabel;
import java.time.Duration;
import java.util.Optional;

/**
 * How an acquire command goes about it.
 *
 * @param lvb read the lock value block with each lease (EINVAL where the area has no room for it)
 * @param orphan adopt an orphan of the same mode if there is one
 * @param orphanOnly adopt only: ENOENT if there is no orphan
 * @param ownerNowait do not wait for a host that is not yet provably dead (ACQUIRE_OWNED_RETRY)
 * @param reentrant a lease that the same process already holds in the same mode is granted again,
 *     without I/O, instead of refused with EEXIST
 * @param patience if present, a lease that is in use is tried again until this much boot time has
 *     passed, and no wait lasts longer
 * @param label if present, replaces what the holder called itself
 * @param progress told what is waited for
 * @param explained a refusal finds out who holds the lease, for people; costs a few reads, and a
 *     moment if the lease was acquired just now
 */
public record AcquireOptions(
    boolean lvb,
    boolean orphan,
    boolean orphanOnly,
    boolean ownerNowait,
    boolean reentrant,
    Optional<Duration> patience,
    Optional<HolderLabel> label,
    AcquireProgress progress,
    boolean explained) {

  /** Plain: waits for dead owners only, as sanlock does. */
  public static final AcquireOptions DEFAULT =
      new AcquireOptions(
          false,
          false,
          false,
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          AcquireProgress.SILENT,
          true);

  /** With lock value blocks. */
  public AcquireOptions withLvb() {
    return new AcquireOptions(
        true, orphan, orphanOnly, ownerNowait, reentrant, patience, label, progress, explained);
  }

  /** Adopting orphans where there are some. */
  public AcquireOptions adoptingOrphans() {
    return new AcquireOptions(
        lvb, true, orphanOnly, ownerNowait, reentrant, patience, label, progress, explained);
  }

  /** Adopting orphans and nothing else. */
  public AcquireOptions onlyOrphans() {
    return new AcquireOptions(
        lvb, orphan, true, ownerNowait, reentrant, patience, label, progress, explained);
  }

  /** Not waiting for owners that may be dead. */
  public AcquireOptions withoutWaiting() {
    return new AcquireOptions(
        lvb, orphan, orphanOnly, true, reentrant, patience, label, progress, explained);
  }

  /** Granting again what the same process holds. */
  public AcquireOptions reentering() {
    return new AcquireOptions(
        lvb, orphan, orphanOnly, ownerNowait, true, patience, label, progress, explained);
  }

  /** Trying again until {@code limit} has passed. */
  public AcquireOptions waitingUpTo(Duration limit) {
    return new AcquireOptions(
        lvb,
        orphan,
        orphanOnly,
        ownerNowait,
        reentrant,
        Optional.of(limit),
        label,
        progress,
        explained);
  }

  /** Naming the holder. */
  public AcquireOptions named(HolderLabel name) {
    return new AcquireOptions(
        lvb,
        orphan,
        orphanOnly,
        ownerNowait,
        reentrant,
        patience,
        Optional.of(name),
        progress,
        explained);
  }

  /** Telling what is waited for. */
  public AcquireOptions reportingTo(AcquireProgress listener) {
    return new AcquireOptions(
        lvb, orphan, orphanOnly, ownerNowait, reentrant, patience, label, listener, explained);
  }

  /** With nothing but a code when refused, at once. */
  public AcquireOptions unexplained() {
    return new AcquireOptions(
        lvb, orphan, orphanOnly, ownerNowait, reentrant, patience, label, progress, false);
  }
}
