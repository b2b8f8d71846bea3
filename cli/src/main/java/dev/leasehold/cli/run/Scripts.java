// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The shell scripts that lie beside this class. */
final class Scripts {
  private Scripts() {}

  /** The text of a script. */
  static String text(String name) {
    try (InputStream stream = Scripts.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the script " + name + " is missing in this build");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
