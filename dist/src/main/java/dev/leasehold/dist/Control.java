// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

/** What both packages say of themselves. */
final class Control {
  static final String NAME = "leasehold";
  static final String MAINTAINER = "Leasehold developers <maintainers@leasehold.invalid>";
  static final String SUMMARY = "lock manager that keeps two virtual machines off one disk";
  static final String LICENCE = "Apache-2.0";

  /** The file that users change. */
  static final String CONFIGURATION = "/etc/leasehold/leasehold.conf";

  static final String DESCRIPTION =
      """
      Every read-write disk of a guest gets a lease on the shared storage itself,
      held while the guest runs, and safe to take over once the host that held it
      is provably gone. libvirt uses it through its lockd driver or its sanlock
      plugin, both unchanged; hosts that run the C sanlock daemon share the same
      lease files. "leasehold run" does the same for any command, without a daemon.
      .
      The package brings its own Java runtime. It starts nothing when it is
      installed: libvirt's socket starts the daemon when libvirt first asks.
      """;

  private Control() {}
}
