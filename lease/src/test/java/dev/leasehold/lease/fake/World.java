// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.time.Duration;

/** Time and turns, as disks, clocks and pauses of a test see them. */
public interface World {

  /** Nanoseconds since the world began. */
  long now();

  /** Lets time pass for the caller. */
  void sleep(Duration duration);

  /** A moment at which somebody else may take a turn: called before every transfer. */
  void turn();

  /** Runs {@code action} when {@code delay} has passed, or later. */
  void later(Duration delay, Runnable action);
}
