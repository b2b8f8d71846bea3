// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.ondisk.LeaseException;

/** Takes leases of the lease directory exclusively, for their removal. Thread-safe. */
public interface Claims extends AutoCloseable {

  /** Tries to take one, without waiting for a holder that may be dead. */
  Claim take(String leaseName);

  /** Gives back everything; called once nothing is in flight. */
  @Override
  void close();

  /** How it went. */
  sealed interface Claim {}

  /**
   * It is held, and the name led to it when it was taken.
   *
   * @param hostId that the leader record names now
   * @param hold what can be done with it
   */
  record Held(long hostId, Hold hold) implements Claim {}

  /** A guest, or another cleanup, has it, or it cannot be told whether one has. */
  record InUse(String words) implements Claim {}

  /** It is not there any more. */
  record Gone() implements Claim {}

  /** It cannot be taken for another reason. */
  record Failed(String words) implements Claim {}

  /** A lease that is held. */
  interface Hold {
    /**
     * Checks that it still is, by the clock that counts suspended time.
     *
     * @throws LeaseException if it was lost
     */
    void ensureValid() throws LeaseException;

    /** Gives it up. If the lease was cleared, nothing is written and nobody can have it. */
    void drop();
  }
}
