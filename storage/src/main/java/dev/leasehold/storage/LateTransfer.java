// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import java.time.Duration;

/** A transfer that missed its deadline and is still in flight. */
public interface LateTransfer {

  /**
   * Waits longer for this transfer (the "read extension" of algorithms.md 2.3).
   *
   * @return {@code Done} or {@code Failed} if it completed in time: the block belongs to the
   *     borrower again; else {@code Unknown} once more
   */
  Outcome await(Duration longer);
}
