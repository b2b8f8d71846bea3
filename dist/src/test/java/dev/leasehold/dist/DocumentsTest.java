// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Parser;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.sanlock.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands in the documents: those that can be run here are run in a private directory, of all
 * others command, options, units and files are checked. A comment above a block says which:
 *
 * <pre>
 * &lt;!-- commands: run -->              each line must succeed
 * &lt;!-- commands: run, not daemon -->  without the lines that have this word
 * &lt;!-- commands: in the background --> started, and left running until the document's end
 * &lt;!-- commands: on another host, exit code 75 --> each line must end with it, where the journal is another
 * &lt;!-- commands: output -->           what the block before printed; numbers and names may differ
 * &lt;!-- commands: not run, WHY -->     checked only
 * &lt;!-- commands: none -->             no commands
 * </pre>
 */
class DocumentsTest {
  private static final Path IMAGE = Tool.TARGET.resolve("root");
  private static final String MARK = "<!-- commands: ";

  private static final String ELSEWHERE = "on another host, exit code ";

  /** Programs of the system that documents use. */
  private static final Set<String> OTHERS =
      Set.of("dpkg", "rpm", "mkdir", "touch", "mount", "sed", "systemctl", "man", "echo");

  private static final Pattern INLINE =
      Pattern.compile("`((?:\\./)?leasehold|sanlock|systemctl|virt-sanlock-cleanup) ([^`]+)`");

  static List<String> documents() {
    return List.of(
        "README.md",
        "docs/cli.md",
        "docs/configuration.md",
        "docs/daemon.md",
        "docs/libvirt.md",
        "docs/metrics.md",
        "docs/migration.md",
        "docs/runbook.md",
        "docs/safety.md",
        "docs/sizing.md",
        "docs/troubleshooting.md",
        "docs/tutorial.md");
  }

  /** A block of commands, or of what they print. */
  private record Block(int line, String mark, List<String> lines) {}

  private static List<Block> blocks(String document) throws Exception {
    List<String> lines = Files.readAllLines(Tool.SOURCES.resolve(document));
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!isCode(lines, i) || (i > 0 && isCode(lines, i - 1))) {
        continue;
      }
      int end = i;
      while (end < lines.size() && isCode(lines, end)) {
        end++;
      }
      if (lines.get(i).strip().matches("\\{.*|[A-Z]+ += .*")) {
        continue; // the shape of JSON
      }
      String above = i > 1 ? lines.get(i - 2).strip() : "";
      String mark =
          above.startsWith(MARK) ? above.substring(MARK.length(), above.length() - 4) : "";
      blocks.add(
          new Block(i + 1, mark, lines.subList(i, end).stream().map(String::strip).toList()));
    }
    return blocks;
  }

  /** Indented by four; so is what continues an item of a list, below which blocks have more. */
  private static boolean isCode(List<String> lines, int at) {
    String line = lines.get(at);
    return line.startsWith("    ") && !line.isBlank();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCommandExists(String document) throws Exception {
    for (Block block : blocks(document)) {
      String where = document + ":" + block.line();
      if (block.mark().startsWith("none") || block.mark().equals("output")) {
        continue;
      }
      for (String line : block.lines()) {
        check(where, line, true);
      }
    }
    Matcher inline = INLINE.matcher(Files.readString(Tool.SOURCES.resolve(document)));
    while (inline.find()) {
      check(document + ", in the text", inline.group(1) + " " + inline.group(2), false);
    }
  }

  private static void check(String where, String line, boolean whole) throws Exception {
    List<String> words = words(line);
    if (words.isEmpty()) {
      return;
    }
    String program = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    switch (program) {
      case "leasehold" -> leasehold(where, line, rest, whole);
      case "sanlock" -> sanlock(where, rest);
      case "systemctl" -> units(where, rest);
      case "virt-sanlock-cleanup" -> assertThat(rest).as(where).isSubsetOf("-q", "[-q]");
      default -> {
        if (program.startsWith("./")) {
          assertThat(Tool.SOURCES.resolve(program)).as(where).isExecutable();
        } else {
          assertThat(OTHERS).as(where + ": " + line).contains(program);
        }
      }
    }
  }

  private static void leasehold(String where, String line, List<String> words, boolean whole)
      throws Exception {
    String name = words.isEmpty() ? "" : words.getFirst();
    if (name.equals("--help") || name.equals("--version") || name.equals("COMMAND")) {
      return;
    }
    if (name.equals("sanlock")) {
      sanlock(where, words.subList(1, words.size()));
      return;
    }
    CommandSpec spec =
        Main.specs().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError(where + ": no such command: " + line));
    try {
      Parser.parse(spec, words.subList(1, words.size()));
    } catch (UsageException e) {
      // In a sentence a command may be named without what it needs.
      boolean incomplete = e.words().contains("is missing");
      if (whole || !incomplete) {
        throw new AssertionError(where + ": " + line + ": " + e.words(), e);
      }
    }
  }

  private static void sanlock(String where, List<String> words) {
    String command = words.isEmpty() ? "" : words.getFirst();
    assertThat(List.of("client", "direct", "daemon", "shutdown", "")).as(where).contains(command);
    if ((command.equals("client") || command.equals("direct"))
        && words.size() > 1
        && words.get(1).matches("[a-z_]+")) {
      String usage = Usage.TEXT.split("\ndirect:")[command.equals("direct") ? 1 : 0];
      assertThat(usage.split("[^a-z_]+")).as(where).contains(words.get(1));
    }
  }

  /** Ours must be in the package. */
  private static void units(String where, List<String> words) {
    for (String word : words) {
      if (word.startsWith("leasehold")) {
        String unit = word.contains(".") ? word : word + ".service";
        assertThat(IMAGE.resolve("usr/lib/systemd/system/" + unit)).as(where).exists();
      }
    }
  }

  /** Words of a line of shell, without comment and variables; quotes are taken away. */
  private static List<String> words(String line) {
    String command = line.startsWith("#") ? "" : line.replaceFirst("\\s+#.*$", "");
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s'\"]+").matcher(command);
    while (matcher.find()) {
      String word = matcher.group().replaceAll("^['\"]|['\"]$", "");
      if (word.startsWith(">") || word.equals("|")) {
        break;
      }
      if (!words.isEmpty() || !word.matches("[A-Z_]+=.*")) {
        words.add(word.equals("./leasehold") ? "leasehold" : word);
      }
    }
    return words;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatCanBeRunHereWorks(String document) throws Exception {
    List<Block> blocks = blocks(document);
    if (blocks.stream().noneMatch(DocumentsTest::isRun)) {
      return;
    }
    try (DocumentShell shell = DocumentShell.open(IMAGE)) {
      for (Block block : blocks) {
        String where = document + ":" + block.line();
        if (block.mark().equals("output")) {
          shell.assertPrinted(where, String.join("\n", block.lines()));
        } else if (isRun(block)) {
          for (String line : block.lines()) {
            run(shell, where, block.mark(), line);
          }
        }
      }
    }
  }

  private static boolean isRun(Block block) {
    return block.mark().startsWith("run")
        || block.mark().equals("in the background")
        || block.mark().startsWith(ELSEWHERE);
  }

  private static void run(DocumentShell shell, String where, String mark, String line)
      throws Exception {
    String command = line.replaceFirst("\\s+#.*$", "");
    if (mark.startsWith("run, not ")) {
      for (String word : mark.substring("run, not ".length()).split(", ")) {
        if (words(line).contains(word)) {
          return;
        }
      }
    }
    if (mark.equals("in the background") && words(line).contains("run")) {
      shell.begin(where, command);
    } else {
      int code =
          mark.startsWith(ELSEWHERE) ? Integer.parseInt(mark.substring(ELSEWHERE.length())) : 0;
      shell.run(where, command, code, code == 0 ? "" : "-elsewhere");
    }
  }

  /** A mark that is misspelt would make its block one that is never run. */
  @Test
  void marksAreKnown() throws Exception {
    for (String document : documents()) {
      assertThat(Files.readString(Tool.SOURCES.resolve(document)))
          .as("%s: blocks are indented, others would not be looked at", document)
          .doesNotContain("\n```");
      for (Block block : blocks(document)) {
        assertThat(block.mark())
            .as(document + ":" + block.line())
            .matches(
                "|run|run, not .+|in the background|on another host, exit code \\d+|output|not run,"
                    + " .+|none.*");
      }
    }
  }
}
