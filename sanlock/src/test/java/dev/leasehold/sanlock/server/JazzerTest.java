// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer, guided by coverage, looks for bytes that make the door fail, leak, or act for somebody
 * who did not register ({@link DoorFuzz}). {@code -Dleasehold.jazzer.seconds=N} lets it look for
 * that long.
 */
class JazzerTest {
  private static final int SECONDS = Integer.getInteger("leasehold.jazzer.seconds", 0);
  private static final String LIMIT =
      SECONDS > 0 ? "-max_total_time=" + SECONDS : "-runs=6000"; // some ten seconds
  private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs");

  @TempDir Path dir;

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void jazzerFindsNothing() throws Exception {
    Path corpus = Files.createDirectory(dir.resolve("corpus"));
    DoorFuzz.seeds(corpus);
    Path log = dir.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + DoorFuzz.class.getName(),
                "--instrumentation_includes=dev.leasehold.sanlock.**",
                "--reproducer_path=" + dir,
                "-artifact_prefix=" + dir + "/",
                LIMIT,
                "-max_len=4096",
                "-timeout=60",
                "-rss_limit_mb=3000",
                corpus.toString())
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int status = process.waitFor();
    String said = Files.readString(log);
    assertThat(status).as(said).isZero();
    Matcher runs = RUNS.matcher(said);
    assertThat(runs.find()).as(said).isTrue();
    System.out.println("Jazzer: " + runs.group());
    assertThat(Integer.parseInt(runs.group(1))).isGreaterThan(200);
  }
}
