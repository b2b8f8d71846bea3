// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.WatchdogChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What resets this host when a guest that lost its leases cannot be killed. */
final class WatchdogCheck {
  private static final String WDMD = "/run/wdmd/wdmd.sock";
  private static final int TYPE = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final String WITHOUT =
      ": a guest that lost its leases and hangs in the kernel may write later, when another host"
          + " has its disk";

  private WatchdogCheck() {}

  static List<Finding> findings(Surroundings host, LeaseholdConfig config) {
    return List.of(finding(host, config));
  }

  private static Finding finding(Surroundings host, LeaseholdConfig config) {
    WatchdogChoice choice = config.watchdog();
    if (choice == WatchdogChoice.NONE) {
      return Finding.unsafe(
          Topic.WATCHDOG,
          "watchdog = \"none\"" + WITHOUT,
          "run wdmd and set watchdog = \"auto\"; if you know what you do, say --accept watchdog");
    }
    boolean wdmd = choice != WatchdogChoice.DEVICE && host.listens(WDMD);
    if (wdmd) {
      return Finding.ok(Topic.WATCHDOG, "wdmd runs");
    }
    String path = config.watchdogDevice();
    boolean device = Files.exists(host.file(path));
    if (choice != WatchdogChoice.WDMD && device) {
      return device(host, path);
    }
    return Finding.unsafe(
        Topic.WATCHDOG,
        (choice == WatchdogChoice.DEVICE
                ? "there is no device " + path
                : "wdmd does not run" + (device ? "" : ", and there is no watchdog device"))
            + WITHOUT,
        "load a watchdog driver (softdog at least) and start wdmd");
  }

  /** It is not opened: that would start it. */
  private static Finding device(Surroundings host, String path) {
    String mode;
    try {
      mode = Files.getAttribute(host.file(path), "unix:mode").toString();
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.warning(
          Topic.WATCHDOG,
          "the watchdog device " + path + " cannot be looked at: " + e.getMessage(),
          "run this as root");
    }
    if ((Integer.parseInt(mode) & TYPE) != CHARACTER_DEVICE) {
      return Finding.unsafe(
          Topic.WATCHDOG,
          "watchdog_device " + path + " is no device" + WITHOUT,
          "set watchdog_device to the watchdog's device, usually /dev/watchdog");
    }
    return Finding.ok(
        Topic.WATCHDOG,
        "wdmd does not run, and there is a device "
            + path
            + identity(host, path)
            + ", which the daemon uses itself");
  }

  private static String identity(Surroundings host, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String numbered = name.equals("watchdog") ? "watchdog0" : name;
    try {
      String driver =
          Files.readString(host.file("/sys/class/watchdog/" + numbered + "/identity")).strip();
      return driver.isEmpty() ? "" : " (" + driver + ")";
    } catch (IOException e) {
      return "";
    }
  }
}
