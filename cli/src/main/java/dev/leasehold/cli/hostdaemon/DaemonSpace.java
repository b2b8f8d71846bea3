// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import java.time.Duration;

/**
 * A lockspace of the daemon (docs/spec/algorithms.md 2.4: after 8N without a renewal it is lost).
 *
 * @param path of its file or device
 * @param hostId of the daemon in it
 * @param generation of that
 * @param ioTimeout N in seconds
 * @param unrenewed how long ago the last renewal was that reached the disk
 */
public record DaemonSpace(
    String name,
    String path,
    long hostId,
    long generation,
    int ioTimeout,
    Health health,
    Duration unrenewed) {

  /** How well it is. */
  public enum Health {
    /** It is being joined. */
    JOINING("joining"),
    /** It is renewed in time. */
    WELL("well"),
    /** The last renewal failed; there is time. */
    FAILING("failing"),
    /** More than half of the time is over. */
    AT_RISK("at_risk"),
    /** The time is over, or its record was destroyed: holders are being ended. */
    LOST("lost"),
    /** It is being left. */
    LEAVING("leaving");

    private final String text;

    Health(String text) {
      this.text = text;
    }

    /** In JSON. */
    public String text() {
      return text;
    }
  }

  /** Whether what is held in it is at risk, or lost already. */
  public boolean isAtRisk() {
    return health == Health.AT_RISK || health == Health.LOST;
  }

  /** Until its leases are lost, if it is not renewed before. */
  public Duration lostIn() {
    Duration left = limit(ioTimeout).minus(unrenewed);
    return left.isNegative() ? Duration.ZERO : left;
  }

  static Duration limit(int ioTimeout) {
    return Duration.ofSeconds(8L * Math.max(1, ioTimeout));
  }

  /**
   * How well a lockspace is that is neither being joined nor left.
   *
   * @param failed whether the last attempt to renew it did
   * @param dead whether the daemon has given it up
   */
  static Health health(Duration unrenewed, int ioTimeout, boolean failed, boolean dead) {
    if (dead || unrenewed.compareTo(limit(ioTimeout)) >= 0) {
      return Health.LOST;
    }
    if (unrenewed.multipliedBy(2).compareTo(limit(ioTimeout)) > 0) {
      return Health.AT_RISK;
    }
    return failed ? Health.FAILING : Health.WELL;
  }
}
