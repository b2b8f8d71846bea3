// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.io.Serial;

/**
 * Unwinds a task whose process or host is gone: thrown out of its next port call.
 *
 * <p>An {@code Error}, so that production code that handles exceptions does not handle this one.
 */
public final class Killed extends Error {

  @Serial private static final long serialVersionUID = 1L;

  // No stack trace, because thousands are thrown.
  Killed() {
    super("this task's process is gone", null, false, false);
  }
}
