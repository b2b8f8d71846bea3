// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.AcquireHint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of leases that were released here, to make the next acquisition cheaper
 * (docs/design.md, "Cheap leases"). It holds only as long as we have not tried to acquire the lease
 * since, by whatever path: hence by names, as the resources themselves. Bounded: the longest unused
 * is forgotten first. Thread-safe.
 */
final class LeaseMemory {
  private static final int MOST = 1024;

  private final Map<ResourceId, AcquireHint> hints = new LinkedHashMap<>();

  synchronized void remember(ResourceId id, AcquireHint hint) {
    hints.remove(id);
    hints.put(id, hint);
    if (hints.size() > MOST) {
      hints.remove(hints.keySet().iterator().next());
    }
  }

  /** What is remembered; it is forgotten by asking, and comes back with the next release. */
  synchronized Optional<AcquireHint> take(ResourceId id) {
    return Optional.ofNullable(hints.remove(id));
  }
}
