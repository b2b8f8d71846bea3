// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

/** What ends a registration by itself. Every registration can also be closed explicitly. */
public enum Lifetime {
  /** The end of the process, seen through its pidfd. */
  PROCESS,

  /**
   * Nothing but an explicit close: the registration lives as long as a connection, which a child of
   * the process may have inherited together with the leases (docs/spec/algorithms.md 5.3).
   */
  CONNECTION
}
