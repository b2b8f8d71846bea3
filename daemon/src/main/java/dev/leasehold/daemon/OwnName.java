// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name with which the daemon signs its host leases where none is configured: 16 random digits,
 * others at every start, a dot and the host's name, so that no record of an earlier start is ever
 * taken for its own (docs/spec/algorithms.md 8, item 0). The original has a UUID before the dot,
 * which leaves 10 characters for the host's name; this leaves 30. Names are only ever compared.
 */
public final class OwnName {
  private static final int RANDOM_BYTES = 8;

  private OwnName() {}

  /** A new one, or the configured one, cut to what fits in a record. */
  public static Name of(Optional<String> configured) {
    return Name.ofOwner(configured.orElseGet(() -> random() + "." + HostName.current()));
  }

  private static String random() {
    // As good as SecureRandom, which would take longer to load than the rest of the start.
    try (InputStream source = Files.newInputStream(Path.of("/dev/urandom"))) {
      return HexFormat.of().formatHex(source.readNBytes(RANDOM_BYTES));
    } catch (IOException e) {
      throw new IllegalStateException("/dev/urandom cannot be read", e);
    }
  }
}
