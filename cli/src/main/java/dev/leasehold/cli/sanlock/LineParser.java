// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Line.Kind;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.sanlock.text.ResourceText;
import dev.leasehold.sanlock.text.TextFault;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a command line of the original: a dash and one letter, and the value as the next word
 * (docs/spec/wire.md 7.1).
 */
final class LineParser {
  private static final Set<String> CLIENT_ACTIONS =
      Set.of(
          "status",
          "host_status",
          "renewal",
          "gets",
          "log_dump",
          "shutdown",
          "init",
          "write",
          "read",
          "align",
          "add_lockspace",
          "inq_lockspace",
          "rem_lockspace",
          "command",
          "acquire",
          "convert",
          "release",
          "inquire",
          "request",
          "examine",
          "set_event",
          "set_config",
          "version",
          "format",
          "rebuild",
          "create",
          "delete",
          "lookup",
          "update");
  private static final Set<String> DIRECT_ACTIONS =
      Set.of(
          "init",
          "write",
          "read_leader",
          "write_leader",
          "dump",
          "next_free",
          "acquire_id",
          "release_id",
          "renew_id",
          "acquire",
          "release",
          "format",
          "lookup",
          "update",
          "rebuild");
  private static final Set<String> WITH_TARGET = Set.of("dump", "next_free");
  private static final String LETTERS = "QRHLSmMnsrpegiftdozZAwhulbaUGPOxeFcDi";
  private static final int MAX_RESOURCES = 8;

  private final Kind kind;
  private final String action;
  private final Consumer<String> out;
  private final Map<Character, String> options = new HashMap<>();
  private final List<WireResource> resources = new ArrayList<>();
  private int resourceArguments;
  private Optional<String> target = Optional.empty();
  private List<String> program = List.of();

  private LineParser(Kind kind, String action, Consumer<String> out) {
    this.kind = kind;
    this.action = action;
    this.out = out;
  }

  /**
   * Reads the words behind {@code sanlock}.
   *
   * @param words at least one
   * @param out takes lines about what is skipped
   * @return empty if usage is to be shown, with status 1
   */
  static Optional<Line> parse(List<String> words, Consumer<String> out) throws Complaint {
    String first = words.getFirst();
    if (first.equals("daemon")) {
      return Optional.of(new LineParser(Kind.DAEMON, "", out).rest(words, 1));
    }
    boolean direct = first.equals("direct");
    int at = direct || first.equals("client") ? 1 : 0;
    if (at == words.size()) {
      return Optional.empty();
    }
    String action = words.get(at);
    Set<String> known = direct ? DIRECT_ACTIONS : CLIENT_ACTIONS;
    if (!known.contains(action)) {
      throw new Complaint((direct ? "direct" : "client") + " action \"" + action + "\" is unknown");
    }
    Kind kind = direct ? Kind.DIRECT : Kind.CLIENT;
    return Optional.of(new LineParser(kind, action, out).rest(words, at + 1));
  }

  private Line rest(List<String> words, int from) throws Complaint {
    int at = from;
    if (kind == Kind.DIRECT && WITH_TARGET.contains(action) && at < words.size()) {
      target = Optional.of(words.get(at++));
    }
    while (at < words.size()) {
      at = option(words, at);
    }
    checkSizes();
    return new Line(kind, action, target, options, resources, program);
  }

  /** Takes one option; returns where the next one is. */
  private int option(List<String> words, int at) throws Complaint {
    String word = words.get(at);
    if (word.length() != 2 || word.charAt(0) != '-') {
      throw new Complaint("unknown option " + word + "\nspace required before option value");
    }
    char letter = word.charAt(1);
    if (letter == 'D') {
      options.put(letter, "1");
      return at + 1;
    }
    if (at + 1 >= words.size()) {
      throw new Complaint("option '" + letter + "' requires arg");
    }
    if (letter == 'c') {
      program = words.subList(at + 1, words.size());
      return words.size();
    }
    if (LETTERS.indexOf(letter) < 0) {
      throw new Complaint("unknown option: " + letter);
    }
    String value = words.get(at + 1);
    if (letter == 'r') {
      resource(value);
    }
    options.put(letter, value);
    return at + 2;
  }

  private void resource(String text) {
    resourceArguments++;
    if (resourceArguments > MAX_RESOURCES) {
      out.accept("resource args over max " + MAX_RESOURCES);
      return;
    }
    try {
      resources.add(ResourceText.parse(Mebibytes.inResource(text)));
    } catch (TextFault e) {
      out.accept("resource arg parse error " + e.code() + "\n");
    }
  }

  private void checkSizes() throws Complaint {
    Line sizes = new Line(kind, action, target, options, List.of(), List.of());
    int align = sizes.alignSize();
    if (align != 0 && Geometry.of(sizes.sectorSize(), align).isEmpty()) {
      throw new Complaint(
          "Invalid sector_size/align_size combination ("
              + sizes.sectorSize()
              + "/"
              + align
              + ")\nUse one of: 512/1M, 4096/1M, 4096/2M, 4096/4M, 4096/8M.");
    }
  }
}
