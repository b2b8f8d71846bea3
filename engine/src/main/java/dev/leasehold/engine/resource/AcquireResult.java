// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import java.util.List;

/** How an acquire command ended. */
public sealed interface AcquireResult {
  /**
   * All leases are held: their leader records (or shared mode blocks) are on the disk, and the
   * lockspaces were still good after that. In request order.
   */
  record Granted(List<HeldLease> leases) implements AcquireResult {
    /** Copies the list. */
    public Granted {
      leases = List.copyOf(leases);
    }
  }

  /** No lease of the request is held. */
  record Refused(Refusal refusal) implements AcquireResult {}
}
