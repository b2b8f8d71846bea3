// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verification must fail on storage that lies, else its verdict is worth nothing. */
class VerifyStorageInteropTest {

  @Test
  void aFileSystemThatHidesRecentWritesIsFoundOut() throws Exception {
    Lab.needsFuse();
    Path dir = Files.createTempDirectory(Path.of("/tmp"), "lhv");
    try (FaultFs fs = FaultFs.mount(Checkout.file("testdata/faultfs/faultfs.c"), dir)) {
      Path leases = Files.createDirectory(fs.mount().resolve("leases"));
      fs.command("read stale 200");
      Programs.Result lying = verify(leases);
      assertThat(lying.output()).contains("NOT SAFE for leases");
      assertThat(lying.status()).isEqualTo(80);
      fs.heal();
      Programs.Result honest = verify(leases);
      assertThat(honest.status()).as(honest.output()).isZero();
      try (var left = Files.list(leases)) {
        assertThat(left).isEmpty();
      }
    } finally {
      Programs.run(Map.of(), List.of("rm", "-rf", "--one-file-system", dir.toString()));
    }
  }

  private static Programs.Result verify(Path directory) throws Exception {
    return Programs.run(
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.leasehold.cli.Main",
            "verify-storage",
            "--seconds",
            "12", // a host must see the other renew before it knows that it lives
            "--io-timeout",
            "2",
            directory.toString()));
  }
}
