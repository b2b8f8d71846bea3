// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import java.util.Optional;

/**
 * The watchdog of a daemon, as that tells it.
 *
 * @param configured whether it is to use one
 * @param protects whether what it arms resets this host
 * @param armed for how many lockspaces it is; empty if the daemon does not tell (sanlock's)
 * @param needed for how many lockspaces it should be armed
 * @param fireTimeout W in seconds
 */
public record DaemonWatchdog(
    boolean configured, boolean protects, Optional<Long> armed, long needed, int fireTimeout) {
  /** W in seconds where nothing else is said: every sanlock host has this. */
  public static final int USUAL = 60;

  /** Whether this host is reset if it loses any lockspace and holders cannot be killed. */
  public boolean isSound() {
    return protects && armed.orElse(needed) >= needed;
  }

  /** In one line. */
  public String words() {
    if (isSound()) {
      return armed.isPresent()
          ? "armed and protects: a reset at most " + fireTimeout + " s after leases are lost"
          : "armed by sanlock (wdmd): a reset at most " + fireTimeout + " s after a loss";
    }
    long number = armed.orElse(0L);
    if (!protects) {
      return number > 0
          ? "ARMED BUT DOES NOT PROTECT: nothing resets this host in time"
          : "NONE (use_watchdog = 0): nothing resets this host";
    }
    return number > 0
        ? "ARMED FOR ONLY " + number + " OF " + needed + " LOCKSPACES: a reset may not come"
        : "CONFIGURED BUT NOT ARMED: nothing resets this host";
  }
}
