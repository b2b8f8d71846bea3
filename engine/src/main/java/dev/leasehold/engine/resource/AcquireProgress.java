// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.OwnerWait;

/**
 * Told by an acquire command what it is waiting for. Called on the command's tasks, without locks;
 * must return soon. The same wait may be reported several times.
 */
public interface AcquireProgress {
  /** Does nothing. */
  AcquireProgress SILENT =
      new AcquireProgress() {
        @Override
        public void waitingForDeadHost(LeaseRequest lease, OwnerWait wait) {}

        @Override
        public void waitingForHolder(Refusal refusal, long untilBootNanos) {}
      };

  /**
   * The owner's host shows no sign of life; the lease is taken when it is provably dead
   * (docs/spec/algorithms.md 3.2).
   *
   * @param wait who is waited for, and until when at the latest
   */
  void waitingForDeadHost(LeaseRequest lease, OwnerWait wait);

  /**
   * The lease is in use; it is tried again until {@code untilBootNanos} (only with {@link
   * AcquireOptions#patience}).
   *
   * @param untilBootNanos in {@code Clock.bootNanos()} time
   */
  void waitingForHolder(Refusal refusal, long untilBootNanos);
}
