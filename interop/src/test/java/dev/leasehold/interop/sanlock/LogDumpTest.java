// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.interop.Programs;
import dev.leasehold.interop.SanlockDaemon;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log in memory, as the original's client prints it: the words are each daemon's own, the form
 * is the same (docs/spec/wire.md 4.24).
 */
@Timeout(120)
class LogDumpTest {
  /** Wall time, monotonic seconds, thread, and the words. */
  private static final Pattern LINE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d (\\d+) \\[\\d+\\]: \\S.*");

  @TempDir Path dir;

  private static void hasTheForm(SanlockDaemon daemon, String mark) {
    String nonsense = "X" + mark + ":1:/nonexistent/" + mark + ":0";
    daemon.client("add_lockspace", "-s", nonsense);
    Programs.Result dump = daemon.client("log_dump");
    assertThat(dump.status()).as("its result is a number").isEqualTo(1);
    assertThat(dump.output()).endsWith("\n").doesNotContain("\0");
    List<String> lines = dump.output().lines().toList();
    assertThat(lines).hasSizeGreaterThan(2).allMatch(line -> LINE.matcher(line).matches());
    assertThat(lines).as("the last thing that happened").anyMatch(line -> line.contains(mark));
    assertThat(lines.stream().map(LogDumpTest::seconds)).isSorted();
  }

  private static long seconds(String line) {
    Matcher matcher = LINE.matcher(line);
    assertThat(matcher.matches()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void hasTheOriginalsForm() throws Exception {
    String missing = Programs.missingSanlock().orElse("");
    assumeTrue(missing.isEmpty(), missing);
    try (SanlockDaemon theirs = SanlockDaemon.startC(dir.resolve("c"), "hostA");
        SanlockDaemon ours = SanlockDaemon.startOurs(dir.resolve("j"), "hostB")) {
      hasTheForm(theirs, "marked");
      hasTheForm(ours, "marked");
    }
  }
}
