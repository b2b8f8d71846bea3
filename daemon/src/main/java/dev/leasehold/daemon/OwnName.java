// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name with which the daemon signs its host leases where none is configured: a random one for
 * every start, then the host's (docs/spec/algorithms.md 7.2), so that no record of an earlier start
 * is ever taken for its own (section 8, item 0).
 */
public final class OwnName {
  private static final int RANDOM_BYTES = 16;
  private static final int LONGEST = Name.SIZE - 1;

  private OwnName() {}

  /** A new one, or the configured one, cut to what fits in a record. */
  public static Name of(Optional<String> configured) {
    byte[] bytes = configured.orElseGet(OwnName::unique).getBytes(StandardCharsets.UTF_8);
    int length = Math.min(LONGEST, bytes.length);
    return Name.of(new String(bytes, 0, length, StandardCharsets.US_ASCII));
  }

  private static String unique() {
    // As good as SecureRandom, which would take longer to load than the rest of the start.
    try (InputStream source = Files.newInputStream(Path.of("/dev/urandom"))) {
      String digits = HexFormat.of().formatHex(source.readNBytes(RANDOM_BYTES));
      return String.join(
              "-",
              digits.substring(0, 8),
              digits.substring(8, 12),
              digits.substring(12, 16),
              digits.substring(16, 20),
              digits.substring(20))
          + "."
          + HostName.current();
    } catch (IOException e) {
      throw new IllegalStateException("/dev/urandom cannot be read", e);
    }
  }
}
