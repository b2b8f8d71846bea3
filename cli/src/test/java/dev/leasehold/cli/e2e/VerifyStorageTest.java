// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.json.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The verification on storage that does nothing wrong; what lies is in {@code interop}. */
class VerifyStorageTest {

  @Test
  void twoHostsFindThatItIsSafe() throws Exception {
    try (Sandbox sandbox = Sandbox.create()) {
      Path foreign = Files.writeString(sandbox.leases().resolve("foreign"), "not ours");
      String[] line = {
        "verify-storage",
        "--hosts",
        "2",
        "--seconds",
        "12", // a host must see the other renew before it knows that it lives, and clocks take 2 s
        "--io-timeout",
        "2",
        "--json",
        sandbox.leases().toString()
      };
      Cli one = sandbox.start(line);
      Cli two = sandbox.start(line);
      for (Cli host : new Cli[] {one, two}) {
        host.expect(0);
        Object verdict = JsonReader.read(host.out());
        assertThat(verdict.toString())
            .contains("safe=true", "hosts=2")
            .contains("name=exclusion, outcome=ok", "name=clocks, outcome=ok");
      }
      try (var left = Files.list(sandbox.leases())) {
        assertThat(left).containsExactly(foreign);
      }
      assertThat(foreign).hasContent("not ours");
    }
  }

  @Test
  void aDirectoryThatIsMissingIsSaid() throws Exception {
    try (Sandbox sandbox = Sandbox.create()) {
      Cli cli = sandbox.start("verify-storage", sandbox.directory() + "/nowhere").expect(66);
      assertThat(cli.err()).contains("nowhere is no directory");
    }
  }
}
