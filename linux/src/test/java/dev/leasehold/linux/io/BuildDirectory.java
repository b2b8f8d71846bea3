// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories below the build's: /tmp may be a file system without direct I/O. */
final class BuildDirectory implements TempDirFactory {

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
      throws IOException {
    return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "io")
        .toAbsolutePath();
  }
}
