// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.time.Duration;

/** The way a lease algorithm waits, and how its owner calls the wait off. Thread-safe. */
public interface Pause {

  /**
   * Waits for {@code duration} of {@link Clock#bootNanos()} time, or until the wait is called off.
   *
   * @return true when the time has passed, false when it was called off
   */
  boolean sleep(Duration duration);

  /** Whether the owner has asked to stop: every further {@link #sleep} returns false at once. */
  boolean calledOff();
}
