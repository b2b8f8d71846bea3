// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaseException;

/**
 * Asked immediately before every write to a lease: is our own host lease still good?
 *
 * <p>A host that was paused (GC, SIGSTOP, suspend) for longer than 8N may have lost everything it
 * believes in, its host id included, so it must not write another byte. Implemented by the owner of
 * the delta lease, judged by {@link Clock#bootNanos()} (safety rule 4 of docs/design.md). Must not
 * block and must not do I/O. Thread-safe.
 */
@FunctionalInterface
public interface ValidityCheck {

  /** For what is written without a host lease, such as formatting. */
  ValidityCheck NONE = () -> {};

  /**
   * Returns if our host lease is good at this moment.
   *
   * @throws LeaseException ENOSPC (-28) if it has run out or the lockspace is failing
   */
  void ensureValid() throws LeaseException;
}
