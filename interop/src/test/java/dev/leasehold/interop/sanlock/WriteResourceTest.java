// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.interop.Programs;
import dev.leasehold.interop.SanlockDaemon;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library puts max_hosts where the daemon looks for num_hosts (docs/spec/wire.md 4.16, 9): kept
 * as it is, because deployed clients live with it.
 */
@Timeout(120)
class WriteResourceTest {
  @TempDir Path dir;

  /** The lines of num_hosts and max_hosts in a lease that the daemon wrote. */
  private List<String> written(SanlockDaemon daemon, String name) throws Exception {
    List<String> found = new ArrayList<>();
    for (List<String> options : List.of(List.of("-n", "20"), List.of("-m", "5"))) {
      Path file = dir.resolve(name + options.getFirst());
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(1 << 20);
      }
      String resource = "LS:RA:" + file + ":0";
      List<String> words = new ArrayList<>(List.of("init", "-r", resource));
      words.addAll(options);
      assertThat(daemon.client(words.toArray(String[]::new)).output()).endsWith("init done 0\n");
      found.addAll(
          SanlockDaemon.direct("read_leader", "-r", resource)
              .output()
              .lines()
              .filter(line -> line.contains("_hosts"))
              .toList());
    }
    return found;
  }

  @Test
  void numHostsIsWhatTheLibraryCallsMaxHosts() throws Exception {
    String missing = Programs.missingSanlock().orElse("");
    assumeTrue(missing.isEmpty(), missing);
    Files.createDirectories(dir.resolve("run"));
    try (SanlockDaemon theirs = SanlockDaemon.startC(dir.resolve("run/c"), "hostA");
        SanlockDaemon ours = SanlockDaemon.startOurs(dir.resolve("run/j"), "hostB")) {
      List<String> expected =
          List.of("num_hosts 2000", "max_hosts 2000", "num_hosts 5", "max_hosts 2000");
      assertThat(written(theirs, "c")).isEqualTo(expected);
      assertThat(written(ours, "j")).isEqualTo(expected);
    }
  }
}
