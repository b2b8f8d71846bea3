// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Augeas lenses, under the real augparse and augtool. */
class LensTest {
  private static final Path LENSES =
      Path.of(System.getProperty("leasehold.root", ".."), "libvirt/src/main/augeas");

  /** What the lenses do not take (said in leasehold.aug), and a NUL. */
  private static final Pattern BEYOND = Pattern.compile("\"\"\"|\\[\\[|\0|\r(?!\n)");

  @TempDir Path directory;

  @BeforeAll
  static void needsAugeas() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/augtool"))
            && Files.isExecutable(Path.of("/usr/bin/augparse")),
        "augparse and augtool are not installed (Debian: augeas-tools)");
  }

  private String run(String input, String... command) throws Exception {
    Path output = directory.resolve("output");
    Path script = Files.writeString(directory.resolve("script"), input);
    Process process =
        new ProcessBuilder(command)
            .redirectInput(script.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue() + "\n" + Files.readString(output, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"test_leasehold.aug", "test_libvirt_sanlock.aug"})
  void theLensTestsPass(String test) throws Exception {
    String tests = LENSES.resolve("tests").resolve(test).toString();
    assertThat(run("", "augparse", "-I", LENSES.toString(), tests)).isEqualTo("0\n");
  }

  private String augtool(String lens, String files, String commands) throws Exception {
    return run(
        "set /augeas/load/T/lens "
            + lens
            + "\nset /augeas/load/T/incl "
            + files
            + "\nload\n"
            + commands,
        "augtool",
        "-I",
        LENSES.toString(),
        "-r",
        directory.toString(),
        "--noautoload");
  }

  @Test
  void whatLibvirtAcceptsIsAccepted() throws Exception {
    Files.createDirectories(directory.resolve("s"));
    int count = 0;
    for (ConfSamples.Sample sample : ConfSamples.ALL) {
      String text = new String(sample.content(), StandardCharsets.ISO_8859_1);
      if (sample.refusal().isEmpty() && !BEYOND.matcher(text).find()) {
        Files.write(directory.resolve("s/" + count++ + ".conf"), sample.content());
      }
    }
    assertThat(count).isGreaterThan(20);
    String said =
        augtool(
            "Libvirt_sanlock.lns", "/s/*.conf", "print /augeas/files//error\nmatch /files/s/*\n");
    assertThat(said).startsWith("0\n").doesNotContain("error");
    assertThat(said.lines().filter(line -> line.startsWith("/files/s/"))).hasSize(count);
  }

  @Test
  void everyKeyIsKnownAndOurParserReadsWhatAugtoolWrites() throws Exception {
    Path file = directory.resolve("leasehold.conf");
    String settings =
        DefaultFile.text()
            .lines()
            .map(line -> line.matches("#[a-z_]+ = .*") ? line.substring(1) : line)
            .collect(Collectors.joining("\n", "", "\n"));
    Files.writeString(file, settings);
    String said =
        augtool(
            "Leasehold.lns",
            "/leasehold.conf",
            "set /files/leasehold.conf/host_id 7\n"
                + "set /files/leasehold.conf/disk_lease_dir /srv/l\n"
                + "save\nprint /augeas//error\nls /files/leasehold.conf\n");
    assertThat(said).startsWith("0\n").doesNotContain("error");
    List<String> keys = new ArrayList<>(Arrays.stream(Key.values()).map(Key::text).toList());
    keys.removeIf(key -> said.contains("\n" + key + " ") || said.contains("\n" + key + "\n"));
    assertThat(keys).as("%s", said).isEmpty();
    ConfigFiles read =
        ConfigFiles.of(
            ConfFile.read(file).orElseThrow(), ConfFile.empty("q"), new SystemAccounts());
    assertThat(read.config().hostId()).hasValue(7);
    assertThat(read.config().diskLeaseDir()).isEqualTo("/srv/l");
  }
}
