// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

/** What happens to a guest whose leases are lost. */
public enum LostLeaseAction {
  /** What its XML says in {@code <on_lockfailure>}; without that, {@link #POWEROFF}. */
  GUEST,
  /** SIGTERM, then SIGKILL. */
  KILL,
  /** Destroyed through libvirt; SIGKILL if that has not happened in time. */
  POWEROFF,
  /** Paused through libvirt; SIGKILL if that has not happened in time. */
  PAUSE
}
