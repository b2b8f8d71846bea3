// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused before anything is done, and the help. */
class CommandLineTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(List<String> args) {
    Terminal terminal = new Terminal(print(out), print(err), false);
    int code = Main.run(args, terminal);
    terminal.flush();
    return code;
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @BeforeEach
  void aDisk() throws IOException {
    Files.createFile(directory.resolve("a.img"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --disk D/a.img|64|the command is missing",
        "run -- true|64|no disk is named",
        "run --disk D/a.img sleep 5|64|\"sleep\" must stand after \"--\"",
        "run --dsk D/a.img -- true|64|did you mean --disk?",
        "run --disk D/a.img --disk D/a.img:shared -- true|64|named twice (exclusive and shared)",
        "run --disk D/a.img --host-id 0 -- true|64|expected a host id from 1 to 2000, or auto",
        "run --disk D/a.img --host-id 2001 -- true|64|expected a host id from 1 to 2000, or auto",
        "run --disk D/a.img --host-id x -- true|64|expected a host id from 1 to 2000, or auto",
        "run --disk D/a.img --io-timeout 0 -- true|64|expected seconds from 1 to 255",
        "run --disk D/a.img --io-timeout|64|--io-timeout needs a value: --io-timeout SECONDS",
        "run --disk D/a.img --quiet=yes -- true|64|--quiet takes no value",
        "run --disk D/a.img --grace 1 --grace 2 -- true|64|--grace is given more than once",
        "run --disk D/a.img --grace 51 -- true|64|expected seconds from 0 to 50",
        "run --disk D/a.img --identity inode -- true|64|expected one of path, canonical",
        "run --disk D/a.img --lease-dir D/none -- true|66|none does not exist",
        "run --disk D/a.img --lease-dir D/a.img -- true|66|a.img is no directory",
        "run --disk D/a.img -- no-such-command|127|\"no-such-command\" was not found on PATH",
        "run --disk D/a.img -- D/none|127|none does not exist",
        "run --disk D/a.img -- D/a.img|126|a.img may not be executed",
        "run --disk D/none --identity canonical -- true|66|none cannot be resolved",
        "who|64|DISK is missing",
        "who a b|64|\"b\" is one argument too many",
        "hosts -- x|64|\"--\" has no meaning here",
        "status --lease-dir D/none|66|none does not exist",
        "dump D/a.img|65|it is empty, was cut off, or is no lease file",
        "dump D/none|66|none: cannot be opened",
        "dump D|66|is a directory",
        "dump --offset 100 D/a.img|64|a multiple of 512",
        "stat|64|did you mean status?",
        "--frobnicate|64|there is no command",
      })
  void mistakes(String line, int code, String words) {
    List<String> args = Arrays.asList(line.replace("D", directory.toString()).split(" ", -1));
    assertThat(run(args)).as(err()).isEqualTo(code);
    assertThat(err()).startsWith("leasehold: ").contains(words);
    assertThat(err()).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(out()).isEmpty();
  }

  @Test
  void nothingAtAll() {
    assertThat(run(List.of())).isEqualTo(64);
    assertThat(err()).contains("which command? One of run, status, who, hosts, dump");
  }

  @ParameterizedTest
  @MethodSource("badPaths")
  void pathsThatCannotBeOnes(String path, String words) {
    assertThat(run(List.of("run", "--disk", path, "--", "true"))).isEqualTo(64);
    assertThat(err()).contains(words).hasSizeLessThan(300);
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> badPaths() {
    return Stream.of(
        of("/srv/" + "x".repeat(5000), "has 5005 bytes, more than the 4095 that Linux allows"),
        of("/srv/" + "x".repeat(300), "a name in the path is longer than the 255 bytes"),
        of("/srv/a\nb", "/srv/a\\nb: the path has a line break or another control character"),
        of("/srv/\u001b[2J", "/srv/\\u001b[2J: the path has a line break or another control"),
        of("/srv/gr\uFFFDn", "holds bytes that are no"),
        of("", "the path is empty"));
  }

  private static org.junit.jupiter.params.provider.Arguments of(Object... arguments) {
    return org.junit.jupiter.params.provider.Arguments.of(arguments);
  }

  @Test
  void everyCommandHasHelpWithAnExampleThatFitsATerminal() {
    for (Command command : Main.commands()) {
      out.reset();
      String name = command.spec().name();
      assertThat(run(List.of(name, "--help"))).isZero();
      assertThat(out())
          .startsWith("usage: leasehold " + name)
          .contains("Examples:\n  leasehold " + name)
          .contains("--help");
      assertThat(out().lines().filter(line -> !line.contains("leasehold " + name)))
          .allMatch(line -> line.length() <= 80);
    }
    out.reset();
    assertThat(run(List.of("--help"))).isZero();
    for (Command command : Main.commands()) {
      assertThat(out()).contains("\n  " + command.spec().name() + " ");
    }
  }

  @Test
  void theVersionIsTheProjects() throws IOException {
    assertThat(run(List.of("--version"))).isZero();
    String pom = Files.readString(Path.of(System.getProperty("leasehold.root"), "pom.xml"));
    String version = pom.split("<version>", 2)[1].split("</version>", 2)[0];
    assertThat(out()).isEqualTo("leasehold " + version + "\n");
  }

  @Test
  void exitCodesAreDifferentAndDocumented() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("leasehold.root"), "docs/cli.md"));
    assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::number)).doesNotHaveDuplicates();
    for (ExitCode code : ExitCode.values()) {
      assertThat(page).contains("| " + code.number() + " |");
    }
  }

  @Test
  void everyOptionIsDocumented() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("leasehold.root"), "docs/cli.md"));
    for (Command command : Main.commands()) {
      for (var option : command.spec().options()) {
        assertThat(page).contains("`--" + option.name());
      }
    }
  }
}
