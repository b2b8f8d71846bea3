// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds files of the source tree that the tests run in. */
final class Checkout {
  private Checkout() {}

  /**
   * A file of the tree.
   *
   * @param path from the root of the tree
   */
  static Path file(String path) {
    String root = System.getProperty("leasehold.root", "");
    for (Path at = Path.of(root).toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(path))) {
        return at.resolve(path);
      }
    }
    throw new IllegalStateException("no " + path + " in the source tree");
  }
}
