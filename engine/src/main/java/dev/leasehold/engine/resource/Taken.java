// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.LeaseException;
import java.util.Optional;

/** How the acquisition of one lease on the disk ended. */
sealed interface Taken {
  /** The leader record (or the mode block) names us; entry and lease know what is held. */
  record Held() implements Taken {}

  /**
   * It is not held. What is to be undone on the disk is being undone, and the entry is given up.
   *
   * @param calledOff only because the wait was called off
   */
  record Failed(LeaseException why, Optional<Holding> culprit, boolean calledOff)
      implements Taken {}
}
