// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints rows as they are measured, and at the end the targets and whether they were met. */
final class Report {
  private final PrintStream out;
  private final List<String> targets = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void section(String title) {
    out.println();
    out.println(title);
    out.printf(
        Locale.ROOT,
        "  %-44s %9s %9s %9s %9s %8s %8s %6s%n",
        "milliseconds",
        "ours p50",
        "p99",
        "C p50",
        "p99",
        "p50/p50",
        "p99/p99",
        "n");
  }

  /** One operation of both. */
  void row(String operation, Samples ours, Samples theirs) {
    out.printf(
        Locale.ROOT,
        "  %-44s %9.3f %9.3f %9.3f %9.3f %8.2f %8.2f %6d%n",
        operation,
        ours.median(),
        ours.p99(),
        theirs.median(),
        theirs.p99(),
        ours.median() / theirs.median(),
        ours.p99() / theirs.p99(),
        ours.size());
  }

  /** The transfers alone, and what each side needs beyond them. */
  void bare(String operation, Samples ours, Samples ourBare, Samples theirs, Samples theirBare) {
    out.printf(
        Locale.ROOT,
        "    %-42s %9.3f %9s %9.3f%n",
        operation + ": bare I/O",
        ourBare.median(),
        "",
        theirBare.median());
    out.printf(
        Locale.ROOT,
        "    %-42s %9.3f %9s %9.3f%n",
        "beyond the bare I/O",
        ours.median() - ourBare.median(),
        "",
        theirs.median() - theirBare.median());
  }

  void line(String format, Object... values) {
    out.printf(Locale.ROOT, "  " + format + "%n", values);
  }

  /** A ratio of medians that is not to be above a limit. */
  void target(String what, double ratio, double limit) {
    targets.add(
        "%-66s %6.2f  target %.2f  %s"
            .formatted(what, ratio, limit, ratio <= limit ? "met" : "MISSED"));
  }

  void targets() {
    if (!targets.isEmpty()) {
      out.println();
      out.println("Targets (ours / C, medians)");
      targets.forEach(target -> out.println("  " + target));
    }
  }
}
