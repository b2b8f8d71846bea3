// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link RunRecord} as lines {@code key value}, the last of them {@code end}. */
final class RunRecordText {
  private static final String FORMAT = "leasehold-run 1";
  private static final String END = "end";

  private RunRecordText() {}

  static String encode(RunRecord run) {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    line(text, "boot", run.bootId());
    line(text, "suspended", Long.toString(run.suspendedSeconds()));
    line(text, "pidns", Long.toString(run.pidNamespace()));
    line(text, "supervisor", process(run.supervisor()));
    line(text, "owner", run.owner());
    line(text, "lease-dir", run.leaseDirectory());
    line(text, "host-id", Long.toString(run.hostId()));
    line(text, "generation", Long.toString(run.generation()));
    line(text, "io-timeout", Integer.toString(run.ioTimeout()));
    line(text, "since", Long.toString(run.since()));
    line(text, "phase", run.phase().name());
    run.command().ifPresent(command -> line(text, "command", process(command)));
    line(text, "command-line", run.commandLine());
    run.disks().forEach(disk -> line(text, "disk", disk.mode() + " " + disk.path()));
    return text.append(END).append('\n').toString();
  }

  private static String process(ProcessId id) {
    return id.pid() + " " + id.startTicks();
  }

  private static void line(StringBuilder text, String key, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
    text.append(key).append(' ').append(escaped).append('\n');
  }

  /** Empty if it is not whole, or of a later version. */
  static Optional<RunRecord> decode(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 2 || !lines.getFirst().equals(FORMAT) || !lines.getLast().equals(END)) {
      return Optional.empty();
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      int space = line.indexOf(' ');
      if (space < 0) {
        return Optional.empty();
      }
      values
          .computeIfAbsent(line.substring(0, space), key -> new ArrayList<>())
          .add(unescape(line.substring(space + 1)));
    }
    try {
      return Optional.of(record(values));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static RunRecord record(Map<String, List<String>> values) {
    return new RunRecord(
        one(values, "boot"),
        Long.parseLong(one(values, "suspended")),
        Long.parseLong(one(values, "pidns")),
        process(one(values, "supervisor")),
        one(values, "owner"),
        one(values, "lease-dir"),
        Long.parseLong(one(values, "host-id")),
        Long.parseLong(one(values, "generation")),
        Integer.parseInt(one(values, "io-timeout")),
        Long.parseLong(one(values, "since")),
        RunRecord.Phase.valueOf(one(values, "phase")),
        values.containsKey("command")
            ? Optional.of(process(one(values, "command")))
            : Optional.empty(),
        one(values, "command-line"),
        values.getOrDefault("disk", List.of()).stream().map(RunRecordText::disk).toList());
  }

  private static String one(Map<String, List<String>> values, String key) {
    List<String> found = values.getOrDefault(key, List.of());
    if (found.size() != 1) {
      throw new IllegalArgumentException(key + " is there " + found.size() + " times");
    }
    return found.getFirst();
  }

  private static ProcessId process(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("\"" + text + "\" is no process");
    }
    return new ProcessId(
        Integer.parseInt(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
  }

  private static RunRecord.HeldDisk disk(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("\"" + text + "\" is no disk");
    }
    return new RunRecord.HeldDisk(
        DiskMode.valueOf(text.substring(0, space)), text.substring(space + 1));
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        plain.append(text.charAt(i) == 'n' ? '\n' : text.charAt(i));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
