// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.daemon.config.BadOption;
import dev.leasehold.daemon.config.OptionsBuilder;
import dev.leasehold.daemon.config.SanlockConf;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.Key;
import dev.leasehold.libvirt.conf.SystemAccounts;
import java.nio.file.Path;

/**
 * W, the watchdog's time, of the hosts that this one shares leases with: what leasehold.conf says,
 * else sanlock.conf, else 60 s. A command with an engine of its own that takes a shorter one for
 * granted takes leases of hosts whose watchdog has not fired yet.
 */
public final class WatchdogFire {
  private WatchdogFire() {}

  /**
   * By these files and this host's sanlock.conf; in seconds.
   *
   * @throws Failure if sanlock.conf cannot be read or has a fault
   */
  public static int of(ConfigFiles files) throws Failure {
    return of(files, SanlockConf.DEFAULT);
  }

  /**
   * By this host's leasehold.conf and sanlock.conf; libvirt's file, which says nothing of it, is
   * left alone.
   */
  public static int ofThisHost() throws Failure {
    return of(ConfigFiles.LEASEHOLD, SanlockConf.DEFAULT);
  }

  static int of(Path leasehold, Path sanlock) throws Failure {
    try {
      ConfFile ours =
          ConfFile.read(leasehold).orElseGet(() -> ConfFile.empty(leasehold.toString()));
      ConfFile none = ConfFile.empty(ConfigFiles.QEMU_SANLOCK.toString());
      return of(ConfigFiles.of(ours, none, new SystemAccounts()), sanlock);
    } catch (ConfException e) {
      throw new Failure(ExitCode.BAD_CONFIGURATION, e.words(), e);
    }
  }

  private static int of(ConfigFiles files, Path sanlock) throws Failure {
    try {
      OptionsBuilder options = new OptionsBuilder();
      SanlockConf.read(sanlock, options);
      return files.place(Key.WATCHDOG_FIRE_TIMEOUT).isPresent()
          ? files.config().watchdogFireTimeout()
          : options.build().watchdogFireTimeout();
    } catch (BadOption e) {
      throw new Failure(ExitCode.BAD_CONFIGURATION, e.words(), e);
    }
  }
}
