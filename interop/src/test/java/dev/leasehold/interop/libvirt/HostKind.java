// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Pattern;

/** What keeps the leases of a host of the lab, and how it says no. */
enum HostKind {
  /** libvirt's lockd driver and our daemon. */
  OURS("lockd", "virtlockd"),
  /** libvirt's C plugin and the C daemon. */
  C("sanlock", "sanlock"),
  /** libvirt's C plugin, which takes our daemon for the C daemon. */
  PLUGIN_ON_OURS("sanlock", "sanlock");

  /** The plugin knows codes of the daemon only (libvirt-sanlock.md 6). */
  private static final Pattern PLUGIN_BUSY =
      Pattern.compile(
          "Failed to acquire lock: (Lease is held by another host|File exists"
              + "|Resource temporarily unavailable"
              + "|Lease was acquired by another host in (other ballot|local commit))");

  /** And that a file is not finished while its maker is at it (libvirt-sanlock.md 8, row 1). */
  private static final Pattern PLUGIN_EARLY =
      Pattern.compile("Failed to acquire lock: (Message too long|Lease does not exist on storage)");

  private final String mode;
  private final String service;

  HostKind(String mode, String service) {
    this.mode = mode;
    this.service = service;
  }

  /** For {@code lab.sh up}. */
  String mode() {
    return mode;
  }

  /** The daemon, for {@code lab.sh start-svc}. */
  String service() {
    return service;
  }

  /** Whether the daemon is ours. */
  boolean ours() {
    return this != C;
  }

  /** Adds what the lab needs to know of host {@code host}. */
  void configure(Map<String, String> settings, String host, String leasehold) {
    if (this == PLUGIN_ON_OURS) {
      settings.put("SANLOCK_CMD_" + host.toUpperCase(java.util.Locale.ROOT), leasehold + " daemon");
    }
  }

  /** A refusal because somebody else has the disk, in the words of this kind. */
  void assertBusy(LibvirtLab.Result result, String disk) {
    result.failed();
    if (this == OURS) {
      assertThat(result.output()).contains("resource busy: disk " + disk + " is in ");
    } else {
      assertThat(result.output()).containsPattern(PLUGIN_BUSY);
    }
  }

  /** Who lost a race for a lease that nobody had made yet. */
  void assertLostRace(String words, String disk) {
    if (this == OURS) {
      assertThat(words).contains("resource busy: disk " + disk + " is in use ");
    } else if (!PLUGIN_EARLY.matcher(words).find()) {
      assertThat(words).containsPattern(PLUGIN_BUSY);
    }
  }
}
