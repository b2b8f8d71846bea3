// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

/** Which watchdog is to reset this host. */
public enum WatchdogChoice {
  /** The wdmd daemon if it runs, else the device if it exists, else none, loudly. */
  AUTO,
  /** The wdmd daemon or refuse to start. */
  WDMD,
  /** The device or refuse to start. */
  DEVICE,
  /** None. */
  NONE
}
