// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import java.nio.file.Path;
import java.util.Optional;

/** Where this user's state is kept over reboots. */
public final class StateDirectory {
  private StateDirectory() {}

  /**
   * {@code $LEASEHOLD_STATE_DIR}; else for root {@code /var/lib/leasehold}, for others {@code
   * $XDG_STATE_HOME/leasehold} or {@code ~/.local/state/leasehold}.
   */
  public static Path path() {
    return absolute("LEASEHOLD_STATE_DIR").orElseGet(StateDirectory::usual);
  }

  /** Whether the environment names it. */
  public static boolean isNamed() {
    return absolute("LEASEHOLD_STATE_DIR").isPresent();
  }

  private static Path usual() {
    if (OwnDirectory.isRoot()) {
      return Path.of("/var/lib/leasehold");
    }
    return absolute("XDG_STATE_HOME")
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
        .resolve("leasehold");
  }

  /** The directory that an environment variable names; relative ones do not count (XDG). */
  static Optional<Path> absolute(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .filter(path -> path.startsWith("/"))
        .map(Path::of);
  }
}
