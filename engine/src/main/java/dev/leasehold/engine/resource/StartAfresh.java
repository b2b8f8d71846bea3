// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.LeaseException;
import java.io.Serial;

/** The lease file is not what its name will lead to in a moment: look again, by name. */
final class StartAfresh extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final LeaseException reason;

  /**
   * @param reason what the caller is told if it stays like that
   */
  StartAfresh(LeaseException reason) {
    super(reason);
    this.reason = reason;
  }

  LeaseException reason() {
    return reason;
  }
}
