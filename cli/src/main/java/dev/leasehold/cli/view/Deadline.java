// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import java.time.Duration;

/**
 * What a host's age means (docs/spec/algorithms.md 2.4): after 8N without a renewal its leases are
 * lost, and after 8N and the watchdog's time it is dead: others may take them.
 *
 * @param age seconds since its last renewal, at least
 * @param exact whether that is its age; else it may be older
 * @param lostAfter seconds
 * @param deadAfter seconds
 */
record Deadline(long age, boolean exact, long lostAfter, long deadAfter) {
  /**
   * Of a host.
   *
   * @param fireTimeout W, which is the same on all hosts
   */
  static Deadline of(HostLine host, int fireTimeout) {
    long lost = 8L * Math.max(1, host.ioTimeout());
    Duration age = host.age().orElse(host.silence());
    return new Deadline(age.toSeconds(), host.age().isPresent(), lost, lost + fireTimeout);
  }

  boolean isLost() {
    return age >= lostAfter;
  }

  boolean isDead() {
    return age >= deadAfter;
  }

  /** For example {@code lost in 71 s}. */
  String words() {
    if (isDead()) {
      return "dead, may be taken";
    }
    if (isLost()) {
      return "lost, dead in " + most() + (deadAfter - age) + " s";
    }
    return "lost in " + most() + (lostAfter - age) + " s";
  }

  private String most() {
    return exact ? "" : "\u2264 ";
  }
}
