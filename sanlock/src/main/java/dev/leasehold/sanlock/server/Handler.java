// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.RequestBody;

/** Carries out one command. */
@FunctionalInterface
interface Handler {

  /**
   * Does what is asked.
   *
   * @param client whose connection it came in on
   * @throws LeaseException whose code becomes the result
   */
  Answer answer(Client client, Header header, RequestBody body) throws LeaseException;

  /** Carries out a command that is tied to a registration. */
  @FunctionalInterface
  interface Tied {
    /**
     * Does what is asked.
     *
     * @param target for whom
     * @throws LeaseException whose code becomes the result
     */
    Answer answer(Client client, Registration target, Header header, RequestBody body)
        throws LeaseException;
  }
}
