// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import java.util.List;

/**
 * An acquire command: all of these leases, or none (docs/spec/algorithms.md 5.4). Any number; the
 * limit of 8 belongs to the sanlock socket.
 */
public record AcquireRequest(List<LeaseRequest> leases, AcquireOptions options) {
  /** Copies the list. */
  public AcquireRequest {
    leases = List.copyOf(leases);
  }

  /** One lease, plainly. */
  public static AcquireRequest of(LeaseRequest lease) {
    return new AcquireRequest(List.of(lease), AcquireOptions.DEFAULT);
  }
}
