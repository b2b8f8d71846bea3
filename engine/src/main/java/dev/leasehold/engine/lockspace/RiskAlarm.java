// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.ondisk.Name;
import java.time.Duration;

/**
 * Tells the listeners of one lockspace in good time that its leases will be lost: when no renewal
 * has succeeded for more than 4N, then every N. At 4N two renewals in a row are missing, which does
 * not happen to storage that works, and half of the time is left. Not thread-safe.
 */
final class RiskAlarm {

  private final HostLease lease;
  private final Services services;
  private final Name lockspace;
  private final long intervalNanos;
  private boolean ringing;
  private long riskyHold;
  private long nextAt;

  RiskAlarm(Membership membership, Services services) {
    this.lease = membership.lease();
    this.services = services;
    this.lockspace = membership.name();
    this.intervalNanos = membership.timing().io().toNanos();
  }

  /**
   * Looks at {@code now}.
   *
   * @return when to look again, boot-time nanoseconds
   */
  long look(long now) {
    long success = lease.hold().bootNanos();
    if (ringing && success != riskyHold) {
      ringing = false;
      services.events().tell(listener -> listener.outOfRisk(lockspace));
    }
    if (!ringing) {
      nextAt = success + 4 * intervalNanos + 1;
    }
    if (now >= nextAt) {
      ringing = true;
      riskyHold = success;
      Duration left = lease.remaining();
      services.events().tell(listener -> listener.atRisk(lockspace, left));
      nextAt += intervalNanos;
    }
    return nextAt;
  }
}
