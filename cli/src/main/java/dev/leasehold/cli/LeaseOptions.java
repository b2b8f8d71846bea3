// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.daemon.config.BadOption;
import dev.leasehold.daemon.config.OptionsBuilder;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.Key;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.linux.watchdog.Wdmd;
import java.util.function.Predicate;

/**
 * What leasehold.conf says of the daemon itself. A key that it does not set leaves what
 * sanlock.conf says: a watchdog_fire_timeout that is not that of the other hosts would be unsafe.
 */
final class LeaseOptions {
  private LeaseOptions() {}

  /**
   * Adds it.
   *
   * @param exists whether a file of this host exists
   */
  static void apply(ConfigFiles files, OptionsBuilder options, Predicate<String> exists)
      throws BadOption {
    LeaseholdConfig leases = files.config();
    if (files.place(Key.WATCHDOG_FIRE_TIMEOUT).isPresent()) {
      options.watchdogFireTimeout(leases.watchdogFireTimeout());
    }
    if (files.place(Key.GRACE_PERIOD).isPresent()) {
      options.checkedGracePeriod(leases.gracePeriod());
    }
    leases.hostName().ifPresent(options::hostName);
    switch (leases.watchdog()) {
      case AUTO -> {
        if (!exists.test(Wdmd.SOCKET.toString())) {
          if (exists.test(leases.watchdogDevice())) {
            options.watchdogDevice(leases.watchdogDevice());
          } else {
            options.useWatchdog(false);
          }
        }
      }
      case WDMD -> options.wdmd();
      case DEVICE -> {
        options.useWatchdog(true);
        options.watchdogDevice(leases.watchdogDevice());
      }
      case NONE -> options.useWatchdog(false);
    }
  }
}
