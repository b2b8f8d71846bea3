// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where this user's files are kept that mean nothing after a reboot. */
final class RuntimeDirectory {
  private RuntimeDirectory() {}

  /**
   * {@code $LEASEHOLD_RUNTIME_DIR}; else the first of these that can be used: for root {@code
   * /run/leasehold}, for others {@code leasehold} in {@code $XDG_RUNTIME_DIR} or {@code
   * /run/user/UID}; then {@code /tmp/leasehold-UID}. Made if missing.
   *
   * @throws Failure if it cannot be made or others may write to it
   */
  static Path make() throws Failure {
    Path directory = path();
    OwnDirectory.make(directory);
    return directory;
  }

  /** The same without making it. */
  static Path path() {
    return StateDirectory.absolute("LEASEHOLD_RUNTIME_DIR").orElseGet(RuntimeDirectory::usual);
  }

  private static Path usual() {
    int uid = OwnDirectory.userId();
    Path base =
        uid == 0
            ? Path.of("/run")
            : StateDirectory.absolute("XDG_RUNTIME_DIR").orElse(Path.of("/run/user/" + uid));
    return Files.isWritable(base) && isOwn(base)
        ? base.resolve("leasehold")
        : Path.of("/tmp/leasehold-" + uid);
  }

  private static boolean isOwn(Path base) {
    try {
      OwnDirectory.check(base);
      return true;
    } catch (IOException | Failure e) {
      return false;
    }
  }
}
