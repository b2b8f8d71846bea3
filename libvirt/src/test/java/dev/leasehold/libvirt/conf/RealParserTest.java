// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples shown to libvirt's own parser, through virtlockd. */
class RealParserTest {
  private static final Path VIRTLOCKD = Path.of("/usr/sbin/virtlockd");
  private static final Pattern REFUSAL =
      Pattern.compile("configuration file syntax error: [^\n]*f\\.conf:([0-9]+: [^:\n]+)");

  @Test
  void saysTheSame(@TempDir Path directory) throws Exception {
    assumeTrue(
        Files.isExecutable(VIRTLOCKD), "virtlockd is not installed (Debian: libvirt-daemon)");
    Path file = directory.resolve("f.conf");
    for (ConfSamples.Sample sample : ConfSamples.ALL) {
      Files.write(file, sample.content());
      assertThat(refusal(directory, file)).as("%s", sample).isEqualTo(sample.refusal());
    }
  }

  /** With an impossible pid file it ends as soon as it has read its configuration. */
  private static Optional<String> refusal(Path directory, Path file)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process virtlockd =
        new ProcessBuilder(
                VIRTLOCKD.toString(), "-f", file.toString(), "-p", directory + "/no/where/pid")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(virtlockd.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      virtlockd.destroyForcibly();
    }
    String said = Files.readString(output, StandardCharsets.ISO_8859_1);
    Matcher matcher = REFUSAL.matcher(said);
    if (matcher.find()) {
      return Optional.of(matcher.group(1));
    }
    assertThat(said).contains("Failed to open pid file");
    return Optional.empty();
  }
}
