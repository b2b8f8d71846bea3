// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The demonstration from its beginning to its end. */
class DemoTest {

  @Test
  void tellsItsStoryAndLeavesNothing() throws Exception {
    try (Sandbox sandbox = Sandbox.create()) {
      Cli demo = sandbox.start("demo");
      assertThat(demo.code(Duration.ofSeconds(180))).as(demo.err()).isZero();
      assertThat(demo.out())
          .containsSubsequence(
              "kvm1: has joined",
              "kvm2: has joined",
              "kvm1: granted",
              "kvm2: refused: disk ",
              "in use by guest web1 (pid ",
              ") on host kvm1 (host id 1)",
              "kvm1: has shut the guest down",
              "kvm2: granted",
              "loses its power",
              "kvm1: granted",
              "That was all; ");
      String out = demo.out();
      String directory = out.substring(out.indexOf("happens in ") + 11, out.indexOf(",\n"));
      assertThat(Files.exists(Path.of(directory))).isFalse();
    }
  }
}
