// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Words for what a task died of. */
final class Failures {

  private Failures() {}

  static String describe(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
