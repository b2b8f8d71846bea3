// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.args.Option;

/** Options that the commands share. */
final class ViewOptions {
  static final Option JSON = Option.flag("json", "Write JSON (its shape is in docs/cli.md).");

  static final Option NO_WAIT =
      Option.flag(
          "no-wait",
          "Look once and answer at once. Whether hosts are alive is known then only of runs of this"
              + " machine, and of what its daemon has seen. Otherwise the hosts are watched until"
              + " each has renewed its lease or has had the time for it: up to 22 s with the usual"
              + " io timeout.");

  static final Option ALL =
      Option.flag("all", "Also what is not in use: free leases, hosts that have left.");

  private ViewOptions() {}
}
