// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import java.util.Locale;

/**
 * What an operator may be woken for. The names are stable: logs, metrics and alerts use them, and
 * docs/runbook.md has a section for each.
 */
public enum EventName {
  /** A lockspace was joined. */
  LOCKSPACE_JOINED,
  /** A lockspace was left as asked. */
  LOCKSPACE_LEFT,
  /** One renewal failed. */
  RENEWAL_FAILED,
  /** No renewal has succeeded for half of the time there is. */
  LEASE_AT_RISK,
  /** A renewal has succeeded after that. */
  LEASE_SAFE_AGAIN,
  /** No renewal succeeded in time: the leases are lost. */
  LEASE_LOST,
  /** Another host has written into our record. */
  HOST_ID_CONFLICT,
  /** A process was told to stop because its leases are lost. */
  HOLDER_KILLED,
  /** A process does not stop. */
  HOLDER_STUCK,
  /** Another host shows no sign of life. */
  HOST_SILENT,
  /** Another host is provably gone: its leases may be taken over. */
  HOST_DEAD,
  /** A lease area was written by a version that is not known. */
  UNKNOWN_LEASE_FORMAT;

  /** As it is written, e.g. {@code lease_at_risk}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
