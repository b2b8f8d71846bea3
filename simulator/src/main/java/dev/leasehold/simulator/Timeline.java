// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import dev.leasehold.simulator.kernel.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The story of a run for people: one line an event, one column a host. */
final class Timeline {

  private static final int INDENT = 4;

  private Timeline() {}

  /** The heading, then a line for each event. */
  static List<String> write(List<Trace.Line> lines, int hosts) {
    List<String> text = new ArrayList<>(lines.size() + 1);
    text.add(heading(hosts));
    for (Trace.Line line : lines) {
      text.add(told(line, hosts));
    }
    return text;
  }

  private static String heading(int hosts) {
    StringBuilder text = new StringBuilder("   seconds  *");
    for (int host = 1; host <= hosts; host++) {
      text.append(pad("h" + host, INDENT));
    }
    return text.append("what happened (a column is a host, * is the storage and the world)")
        .toString();
  }

  private static String told(Trace.Line line, int hosts) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%11.6f ", line.nanos() / 1e9));
    for (int host = 0; host <= hosts; host++) {
      text.append(pad(host == line.lane() ? mark(host) : "", host == 0 ? 1 : INDENT));
    }
    return text.append(line.lane() == 0 ? "" : "h" + line.lane() + ": ")
        .append(line.text())
        .toString();
  }

  private static String mark(int host) {
    return host == 0 ? "*" : "|";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
