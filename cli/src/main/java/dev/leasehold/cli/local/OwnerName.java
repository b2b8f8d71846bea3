// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.linux.HostName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The name with which a run signs its delta lease: the host's name, a dot, and 12 random digits, at
 * most 47 bytes. Never the same twice, so that a record under it is this very run's
 * (docs/spec/algorithms.md 8, item 0).
 */
public final class OwnerName {
  private static final int RANDOM_BYTES = 6;
  private static final int LONGEST_HOST = 47 - 1 - 2 * RANDOM_BYTES;

  private OwnerName() {}

  /** A new one. */
  public static String unique() {
    return cut(HostName.current()) + "." + random();
  }

  private static String random() {
    // As good as SecureRandom, which would take longer to load than the rest of this command.
    try (InputStream source = Files.newInputStream(Path.of("/dev/urandom"))) {
      return HexFormat.of().formatHex(source.readNBytes(RANDOM_BYTES));
    } catch (IOException e) {
      throw new IllegalStateException("/dev/urandom cannot be read", e);
    }
  }

  private static String cut(String host) {
    String name = host;
    while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_HOST) {
      name = name.substring(0, name.length() - 1);
    }
    return name;
  }
}
