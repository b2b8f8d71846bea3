// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import java.util.Locale;

/**
 * What an operator may be woken for. The names are stable: logs, metrics and alerts use them, and
 * docs/runbook.md has a section for each.
 */
public enum EventName {
  /** A lockspace was joined. */
  LOCKSPACE_JOINED(System.Logger.Level.INFO),
  /** A lockspace was left as asked. */
  LOCKSPACE_LEFT(System.Logger.Level.INFO),
  /** One renewal failed. */
  RENEWAL_FAILED(System.Logger.Level.WARNING),
  /** No renewal has succeeded for half of the time there is. */
  LEASE_AT_RISK(System.Logger.Level.WARNING),
  /** A renewal has succeeded after that: whoever sees the warning sees this. */
  LEASE_SAFE_AGAIN(System.Logger.Level.WARNING),
  /** No renewal succeeded in time: the leases are lost. */
  LEASE_LOST(System.Logger.Level.ERROR),
  /** Another host has written into our record. */
  HOST_ID_CONFLICT(System.Logger.Level.ERROR),
  /** A process was told to stop because its leases are lost. */
  HOLDER_KILLED(System.Logger.Level.WARNING),
  /** A process does not stop. */
  HOLDER_STUCK(System.Logger.Level.ERROR),
  /** Another host shows no sign of life. */
  HOST_SILENT(System.Logger.Level.INFO),
  /** Another host is provably gone: its leases may be taken over. */
  HOST_DEAD(System.Logger.Level.INFO),
  /** A lease of ours is one that a host which is gone never gave back. */
  LEASE_TAKEN_OVER(System.Logger.Level.WARNING),
  /** A lease area was written by a version that is not known. */
  UNKNOWN_LEASE_FORMAT(System.Logger.Level.ERROR);

  private final System.Logger.Level level;

  EventName(System.Logger.Level level) {
    this.level = level;
  }

  /** As it is written, e.g. {@code lease_at_risk}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How urgent its line in the log is. */
  public System.Logger.Level level() {
    return level;
  }
}
