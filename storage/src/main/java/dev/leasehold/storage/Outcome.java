// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

/**
 * How a transfer ended, as far as its issuer may know.
 *
 * <p>A missed deadline is not a failure: the transfer may still land (safety rule 2 of
 * docs/design.md, algorithms.md 0.4). There is no fourth outcome.
 */
public sealed interface Outcome {

  /** All bytes were transferred; a write is on stable storage. */
  record Done() implements Outcome {
    /** The only value needed. */
    public static final Done DONE = new Done();
  }

  /**
   * The transfer ended without effect that may be relied on. A failed write may have changed the
   * sector or not, but it will not change it later.
   *
   * @param errno Linux error number, positive; {@link #SHORT} for a short transfer
   * @param operation what was tried, for messages, e.g. "read of 512 bytes at 1024"
   */
  record Failed(int errno, String operation) implements Outcome {
    /** EMSGSIZE: fewer bytes than asked, e.g. past the end of the file (algorithms.md 0.4). */
    public static final int SHORT = 90;
  }

  /**
   * The deadline passed first. The transfer is still in flight and may land at any later time.
   *
   * @param late what is still in flight
   */
  record Unknown(LateTransfer late) implements Outcome {}
}
