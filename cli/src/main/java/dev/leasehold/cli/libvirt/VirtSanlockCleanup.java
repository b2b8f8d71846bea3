// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.libvirt.cleanup.CleanupOptions;
import dev.leasehold.libvirt.cleanup.CleanupReport;
import dev.leasehold.libvirt.cleanup.Item;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code virt-sanlock-cleanup}, for scripts that know libvirt's: its one option, its output
 * (docs/spec/libvirt-sanlock.md 7). {@code PASS} here means that the file is gone.
 */
public final class VirtSanlockCleanup {
  /** What it is called. */
  public static final String NAME = "virt-sanlock-cleanup";

  private VirtSanlockCleanup() {}

  /**
   * Runs it.
   *
   * @param args only {@code -q} counts, as with the original
   * @return 0, or 1 if something failed; a lease that is in use has not
   */
  public static int run(List<String> args, Terminal terminal) throws Failure {
    return run(Configuration.read(Optional.empty()), args, terminal);
  }

  static int run(ConfigFiles files, List<String> args, Terminal terminal) throws Failure {
    LeaseholdConfig config = files.config();
    CleanupReport report =
        new CleanupRun(files, options(config), config.ioTimeout(), terminal).run();
    if (!args.contains("-q")) {
      // Not what is left of files that were being made: the original sees only leases.
      report.items().stream()
          .filter(item -> LeaseName.is(item.name()))
          .forEach(item -> terminal.print(line(config, item)));
    }
    boolean failed = false;
    for (Item item : report.items()) {
      if (item.outcome() == Item.Outcome.FAILED) {
        failed = true;
        terminal.say(Printable.line(config.leasePath(item.name()) + ": " + item.words()));
      }
    }
    return failed ? 1 : 0;
  }

  static CleanupOptions options(LeaseholdConfig config) {
    return new CleanupOptions(
        config.diskLeaseDir(), Duration.ZERO, false, false, CleanupOptions.USUAL_WIDTH);
  }

  private static String line(LeaseholdConfig config, Item item) {
    return "Cleanup: "
        + LeaseholdConfig.LOCKSPACE
        + ":"
        + item.name()
        + ":"
        + config.leasePath(item.name())
        + ":0 "
        + (isGone(item) ? "PASS" : "FAIL")
        + "\n";
  }

  private static boolean isGone(Item item) {
    return item.outcome() == Item.Outcome.REMOVED
        || item.outcome() == Item.Outcome.LEFTOVER_REMOVED;
  }
}
