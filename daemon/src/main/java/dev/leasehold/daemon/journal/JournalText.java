// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.ondisk.Name;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The journal as a text: a line for the boot, one per lockspace and one per holder and lockspace,
 * and a last line that shows that nothing is missing.
 */
record JournalText(String bootId, List<Space> spaces, List<Held> held) {
  private static final String FIRST = "leasehold-holders 1";
  private static final String LAST = "end";
  private static final String NONE = "-";
  private static final HexFormat HEX = HexFormat.of();

  JournalText {
    spaces = List.copyOf(spaces);
    held = List.copyOf(held);
  }

  /**
   * A lockspace.
   *
   * @param renewed CLOCK_MONOTONIC seconds of the last renewal that was noted
   * @param ioTimeout seconds
   */
  record Space(Name name, long renewed, int ioTimeout) {}

  /** A process that may have leases of a lockspace. */
  record Held(
      ProcessId process, Name lockspace, Restrictions restrictions, Optional<KillPath> killPath) {}

  String encode() {
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    text.append("boot ").append(bootId).append('\n');
    for (Space space : spaces) {
      text.append("space ").append(hex(space.name)).append(' ').append(space.renewed);
      text.append(' ').append(space.ioTimeout).append('\n');
    }
    for (Held one : held) {
      text.append("held ").append(one.process.pid()).append(' ').append(one.process.startTicks());
      text.append(' ').append(hex(one.lockspace));
      text.append(' ').append(one.restrictions.sigkill() ? 1 : 0);
      text.append(' ').append(one.restrictions.sigterm() ? 1 : 0).append(' ');
      text.append(one.killPath.map(JournalText::killPath).orElse(NONE)).append('\n');
    }
    return text.append(LAST).append('\n').toString();
  }

  private static String killPath(KillPath killPath) {
    return hex(killPath.path().getBytes(StandardCharsets.UTF_8))
        + " "
        + hex(killPath.arguments().getBytes(StandardCharsets.UTF_8))
        + " "
        + (killPath.appendPid() ? 1 : 0);
  }

  private static String hex(Name name) {
    return hex(name.bytes());
  }

  private static String hex(byte[] bytes) {
    return bytes.length == 0 ? NONE : HEX.formatHex(bytes);
  }

  /**
   * Reads a journal.
   *
   * @throws IllegalArgumentException if it is none, or not whole
   */
  static JournalText decode(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 3 || !lines.getFirst().equals(FIRST) || !lines.getLast().equals(LAST)) {
      throw new IllegalArgumentException("it is not whole");
    }
    String boot = "";
    List<Space> spaces = new ArrayList<>();
    List<Held> held = new ArrayList<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      List<String> words = List.of(line.split(" ", -1));
      try {
        switch (words.getFirst()) {
          case "boot" -> boot = words.get(1);
          case "space" ->
              spaces.add(
                  new Space(
                      name(words.get(1)),
                      Long.parseLong(words.get(2)),
                      Integer.parseInt(words.get(3))));
          case "held" -> held.add(held(words));
          default -> throw new IllegalArgumentException("an unknown line: " + line);
        }
      } catch (IndexOutOfBoundsException e) {
        throw new IllegalArgumentException("a short line: " + line, e);
      }
    }
    return new JournalText(boot, spaces, held);
  }

  private static Held held(List<String> words) {
    ProcessId process = new ProcessId(Integer.parseInt(words.get(1)), Long.parseLong(words.get(2)));
    Restrictions restrictions =
        new Restrictions(false, words.get(4).equals("1"), words.get(5).equals("1"));
    Optional<KillPath> killPath =
        words.get(6).equals(NONE)
            ? Optional.empty()
            : Optional.of(
                new KillPath(text(words.get(6)), text(words.get(7)), words.get(8).equals("1")));
    return new Held(process, name(words.get(3)), restrictions, killPath);
  }

  private static Name name(String hex) {
    return Name.ofBytes(bytes(hex));
  }

  private static String text(String hex) {
    return new String(bytes(hex), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String hex) {
    return hex.equals(NONE) ? new byte[0] : HEX.parseHex(hex);
  }
}
