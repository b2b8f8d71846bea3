// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Parser;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.json.JsonReader;
import dev.leasehold.libvirt.check.Finding.Topic;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command around the doctor. What else is wrong with the host that runs this test is not known,
 * but auto_disk_leases = 0 is unsafe on each.
 */
class CheckCommandTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void configuration() throws Exception {
    Files.writeString(directory.resolve("l.conf"), "auto_disk_leases = 0\n");
    Files.createDirectory(directory.resolve("leases"));
  }

  private int run(String... options) throws UsageException, Failure {
    out.reset();
    List<String> line = new ArrayList<>();
    line.addAll(List.of("--config", directory.resolve("l.conf").toString()));
    line.addAll(List.of("--lease-dir", directory.resolve("leases").toString()));
    line.addAll(List.of(options));
    CheckCommand command = new CheckCommand();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return command.run(Parser.parse(command.spec(), line), new Terminal(print, print, false));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static String[] acceptAll() {
    return Arrays.stream(Topic.values())
        .map(topic -> "--accept=" + topic.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toArray(String[]::new);
  }

  @Test
  void whatIsUnsafeIsSaidWithItsRemedyAndExits78() throws Exception {
    assertThat(run()).isEqualTo(78);
    assertThat(lines())
        .contains("ok       configuration: the configuration can be read")
        .containsSequence(
            "UNSAFE   configuration: auto_disk_leases = 0: disks have no leases, only what a"
                + " guest's XML names",
            "          -> set auto_disk_leases = 1, unless every guest has <lease> elements");
    long unsafe = lines().stream().filter(line -> line.startsWith("UNSAFE   ")).count();
    assertThat(lines().getLast()).startsWith("UNSAFE: " + unsafe + " to put right");
  }

  @Test
  void quietLeavesOutWhatIsRight() throws Exception {
    assertThat(run()).isEqualTo(78);
    assertThat(lines()).anyMatch(line -> line.startsWith("ok  "));
    assertThat(run("--quiet")).isEqualTo(78);
    assertThat(lines())
        .noneMatch(line -> line.startsWith("ok  "))
        .anyMatch(line -> line.startsWith("UNSAFE   configuration: auto_disk_leases = 0"))
        .anyMatch(line -> line.startsWith("          -> set auto_disk_leases = 1"));
    assertThat(lines().getLast()).startsWith("UNSAFE: ");
  }

  @Test
  void whatIsAcceptedIsAWarning() throws Exception {
    assertThat(run(acceptAll())).isZero();
    assertThat(lines())
        .contains(
            "warning  configuration: auto_disk_leases = 0: disks have no leases, only what a"
                + " guest's XML names (accepted)")
        .noneMatch(line -> line.startsWith("UNSAFE"));
    assertThat(lines().getLast()).matches("Nothing unsafe was found, [0-9]+ warnings?\\.");
  }

  /** Accepting one thing must not hide another. */
  @Test
  void onlyTheTopicThatIsNamedIsAccepted() throws Exception {
    assertThat(run("--accept", "clock", "--accept", "host-id")).isEqualTo(78);
    assertThat(lines()).anyMatch(line -> line.startsWith("UNSAFE   configuration:"));
    assertThat(run("--accept", "configuration")).isIn(0, 78);
    assertThat(lines()).noneMatch(line -> line.startsWith("UNSAFE   configuration:"));
    assertThatThrownBy(() -> run("--accept", "everything"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--accept everything: expected one of configuration, directory,");
    assertThat(lines()).isEmpty();
  }

  @Test
  void json() throws Exception {
    assertThat(run("--json")).isEqualTo(78);
    Map<?, ?> answer = (Map<?, ?>) JsonReader.read(out.toString(StandardCharsets.UTF_8));
    assertThat(answer.get("safe")).isEqualTo(false);
    List<?> findings = (List<?>) answer.get("findings");
    Map<?, ?> unsafe =
        Map.of(
            "level", "unsafe",
            "topic", "configuration",
            "words", "auto_disk_leases = 0: disks have no leases, only what a guest's XML names",
            "remedy", "set auto_disk_leases = 1, unless every guest has <lease> elements");
    assertThat(findings.stream().anyMatch(unsafe::equals)).as("%s", findings).isTrue();
    assertThat(answer.get("warnings"))
        .isEqualTo(
            findings.stream()
                .filter(finding -> "warning".equals(((Map<?, ?>) finding).get("level")))
                .count());
    // What is right needs no remedy.
    Map<?, ?> first = (Map<?, ?>) findings.getFirst();
    assertThat(first.get("level")).isEqualTo("ok");
    assertThat(first.containsKey("remedy")).isTrue();
    assertThat(first.get("remedy")).isNull();
    assertThat(run(jsonAndAcceptAll())).isZero();
    assertThat(((Map<?, ?>) JsonReader.read(out.toString(StandardCharsets.UTF_8))).get("safe"))
        .isEqualTo(true);
  }

  private static String[] jsonAndAcceptAll() {
    List<String> options = new ArrayList<>(List.of(acceptAll()));
    options.add("--json");
    return options.toArray(String[]::new);
  }

  @Test
  void aFileThatCannotBeUsedExits78() throws Exception {
    Files.writeString(directory.resolve("l.conf"), "auto_disk_leases = 2\n");
    assertThatThrownBy(() -> run())
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("l.conf:1");
  }
}
