// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk.wallsample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/** Code that the module ondisk must never hold; see {@code WallsTest}. */
public final class OndiskSamples {
  private OndiskSamples() {}

  public static final class ReadsAFile {
    static byte[] read() throws IOException {
      return Files.readAllBytes(Path.of("/"));
    }
  }

  public static final class StartsAThread {
    static void start() {
      Thread.ofVirtual().start(() -> {});
    }
  }

  public static final class UsesALock {
    final ReentrantLock lock = new ReentrantLock();
  }
}
