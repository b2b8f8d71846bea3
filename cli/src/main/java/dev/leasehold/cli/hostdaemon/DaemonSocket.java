// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfigFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the daemon of this host listens for sanlock's clients. */
public final class DaemonSocket {
  private static final Path USUAL = Path.of("/run/sanlock/sanlock.sock");

  private DaemonSocket() {}

  /**
   * By SANLOCK_RUN_DIR, else the usual place, else where leasehold.conf says. Nothing is read where
   * the usual one is there: a command that only looks is to be quick.
   */
  public static Path of(Map<String, String> environment) {
    Optional<String> directory = Optional.ofNullable(environment.get("SANLOCK_RUN_DIR"));
    if (directory.isPresent()) {
      return Path.of(directory.get(), "sanlock.sock");
    }
    return Files.exists(USUAL) || !Files.exists(ConfigFiles.LEASEHOLD) ? USUAL : configured();
  }

  private static Path configured() {
    try {
      return ConfigFiles.readUsual().config().sanlockSocket().map(Path::of).orElse(USUAL);
    } catch (ConfException e) {
      return USUAL; // no daemon could have been started with it
    }
  }
}
