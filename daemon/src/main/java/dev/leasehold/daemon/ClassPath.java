// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.Account;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The daemon's own program files. */
final class ClassPath {
  private ClassPath() {}

  /**
   * Checks that they can be read as the user that the daemon acts as now: it loads classes late,
   * and one that is missing then would be missing in the middle of its work.
   *
   * @throws IOException naming what cannot be read
   */
  static void requireReadable(Account account) throws IOException {
    String all = System.getProperty("java.class.path", "");
    for (String entry : all.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty() && !Files.isReadable(Path.of(entry))) {
        throw new IOException(
            "user "
                + account.user()
                + " cannot read "
                + entry
                + ", where this program is; install it elsewhere, or set another user (-U)");
      }
    }
  }
}
