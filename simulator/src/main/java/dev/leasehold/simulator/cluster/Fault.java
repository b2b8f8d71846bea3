// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

/** What can go wrong. A seed picks which of the allowed ones a run has, and how often. */
public enum Fault {
  /** Transfers that take up to one and a half timeouts. */
  SLOW_IO(false),
  /** Transfers that fail with EIO; a write may have changed the sector all the same. */
  FAILED_IO(false),
  /** Transfers that time out and later still land, out of order with others. */
  LATE_IO(false),
  /** Transfers that hang until the storage lets go of them. */
  STUCK_IO(false),
  /** One host's path to the storage is gone for a while. */
  PATH_LOSS(true),
  /** Every host's path is gone for a while. */
  STORAGE_LOSS(true),
  /** A machine is reset and boots again. */
  CRASH(true),
  /** A daemon is killed and started again while its holders run. */
  DAEMON_KILL(true),
  /** A daemon stands still: SIGSTOP, a long garbage collection. */
  DAEMON_PAUSE(true),
  /** A machine is suspended with everything on it, its watchdog too, and wakes again. */
  SUSPEND(true),
  /** A process is killed. */
  GUEST_KILL(true),
  /** The wall clock jumps. */
  CLOCK_JUMP(true),
  /** Clocks run at different rates. */
  DRIFT(false),
  /** The watchdog fires at the last moment. */
  LATE_WATCHDOG(false),
  /** Holders that ignore SIGTERM. */
  STUBBORN_GUEST(false),
  /** Holders that nothing but a reset ends. */
  UNKILLABLE_GUEST(false),
  /** Random bytes on a sector. */
  GARBAGE(true),
  /** An older content of a host's sector in the lockspace comes back. */
  STALE_SECTOR(true),
  /** Two machines are configured with one host id. */
  TWIN_ID(false),
  /** Two machines are configured with one host name, most of them with one host id too. */
  TWIN_NAME(false),
  /** Hosts with different io timeouts. */
  MIXED_TIMEOUTS(false),
  /** Some hosts follow the original's rules exactly. */
  C_HOSTS(false),
  /** Hosts leave the lockspace and join again while guests run. */
  LEAVE(true),
  /** Hosts ask each other for leases. */
  REQUEST(true),
  /** Hosts remove the files of leases that nobody holds, while guests start. */
  CLEANUP(false);

  private final boolean episode;

  Fault(boolean episode) {
    this.episode = episode;
  }

  /** Whether it happens at moments, not all the time. */
  boolean episode() {
    return episode;
  }
}
