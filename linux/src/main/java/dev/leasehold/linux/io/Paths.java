// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.StorageException;
import java.nio.charset.StandardCharsets;

/** Absolute paths as text. */
final class Paths {

  private Paths() {}

  /**
   * Refuses what the kernel would understand differently from what was written.
   *
   * @throws StorageException EINVAL for a relative path or one with a NUL character, EILSEQ for one
   *     that is no proper text
   */
  static void requireUsable(String path) throws StorageException {
    if (!path.startsWith("/")) {
      throw Words.of(Errno.EINVAL, path, "is not an absolute path: begin it with /");
    }
    if (path.indexOf('\0') >= 0) {
      throw Words.of(Errno.EINVAL, path, "a path cannot have a NUL character");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      throw Words.of(Errno.EILSEQ, path, "has characters that UTF-8 does not know");
    }
  }

  /** The directory of an absolute path. */
  static String directory(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, slash);
  }

  /** Another name in the same directory. */
  static String sibling(String path, String name) {
    return path.substring(0, path.lastIndexOf('/') + 1) + name;
  }
}
