// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.ArrayList;
import java.util.List;

/**
 * The commented default file, and the table of docs/configuration.md: both are made from {@link
 * Key}, so that neither can drift away from the code.
 */
public final class DefaultFile {
  private static final int WIDTH = 78;

  private static final String HEAD =
      """
      # Leasehold: locks for the disks of virtual machines.
      #
      # Every line is a comment: the values shown are the defaults, or examples where
      # there is none. A key that is not set here is looked up in
      # /etc/libvirt/qemu-sanlock.conf. "leasehold check" tells what is wrong on this
      # host. The daemon reads this file when it starts.
      """;

  private DefaultFile() {}

  /** The text of {@code leasehold.conf}. */
  public static String text() {
    StringBuilder text = new StringBuilder(HEAD);
    for (Key key : Key.values()) {
      text.append('\n');
      for (String line : wrapped(key.help())) {
        text.append("# ").append(line).append('\n');
      }
      text.append("# Accepted: ").append(key.type().accepted()).append(".\n");
      text.append('#').append(key.text()).append(" = ").append(example(key)).append('\n');
    }
    return text.toString();
  }

  /** The value that is shown: the default, or an example. */
  private static String example(Key key) {
    return switch (key) {
      case REQUIRE_LEASE_FOR_DISKS -> "0";
      case USER, GROUP -> "\"root\"";
      case HOST_NAME -> "\"kvm1\"";
      default -> key.usual();
    };
  }

  /** The rows of docs/configuration.md. */
  public static String markdown() {
    StringBuilder rows =
        new StringBuilder("| key | accepted | default | meaning |\n| --- | --- | --- | --- |\n");
    for (Key key : Key.values()) {
      rows.append("| `")
          .append(key.text())
          .append("`")
          .append(key.ofTheOriginal() ? "" : " *")
          .append(" | ")
          .append(key.type().accepted())
          .append(" | ")
          .append(key.usual())
          .append(" | ")
          .append(key.help().replace("<", "`<").replace(">", ">`"))
          .append(" |\n");
    }
    return rows.toString();
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH - 2) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
