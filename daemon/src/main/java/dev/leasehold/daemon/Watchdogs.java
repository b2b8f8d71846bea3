// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.linux.watchdog.DirectWatchdog;
import dev.leasehold.linux.watchdog.KernelWatchdog;
import dev.leasehold.linux.watchdog.Wdmd;

/** What resets this host, as configured. */
final class Watchdogs {
  private Watchdogs() {}

  static Watchdog of(DaemonOptions options, UnixSockets sockets, LinuxPorts ports, DaemonLog log) {
    if (!options.useWatchdog()) {
      log.warn(
          "NO WATCHDOG (use_watchdog = 0): this host is not reset when it loses its leases and"
              + " their holders cannot be killed; then two hosts may write to one disk");
      return new NoWatchdog();
    }
    if (options.watchdogDevice().isPresent()) {
      String device = options.watchdogDevice().get();
      log.info("the watchdog device " + device + " is used itself, without wdmd");
      return new DirectWatchdog(
          () -> KernelWatchdog.open(device),
          ports.clock(),
          options.watchdogFireTimeout(),
          log::error);
    }
    return new Wdmd(sockets, Wdmd.SOCKET, options.watchdogFireTimeout());
  }
}
