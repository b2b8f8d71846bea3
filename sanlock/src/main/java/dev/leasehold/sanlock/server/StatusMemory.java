// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.ondisk.Name;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Small facts that STATUS shows and the engine does not keep: numbers of lockspaces and resources,
 * when a lockspace was joined, whose an orphan was. Nothing depends on them. Thread-safe.
 */
final class StatusMemory implements LeaseListener {
  /** A daemon runs for months and sees many disks; those granted longest ago are forgotten. */
  static final int MOST_HOLDERS = 4096;

  private final Map<LockspaceSpec, Long> joined = new HashMap<>();
  private final Map<Object, Integer> numbers = new HashMap<>();
  private final Map<ResourceId, Integer> holders =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ResourceId, Integer> eldest) {
          return size() > MOST_HOLDERS;
        }
      };

  private int lastNumber;

  @Override
  public synchronized void joined(LockspaceView lockspace) {
    joined.put(lockspace.spec(), lockspace.lastSuccess());
  }

  @Override
  public synchronized void gone(Name lockspace) {
    joined.keySet().removeIf(spec -> spec.name().sameName(lockspace));
    numbers
        .keySet()
        .removeIf(key -> key instanceof LockspaceSpec s && s.name().sameName(lockspace));
  }

  /** CLOCK_MONOTONIC seconds of the join, if it was seen. */
  synchronized Optional<Long> joinedAt(LockspaceSpec spec) {
    return Optional.ofNullable(joined.get(spec));
  }

  /** A number that stays with a lockspace or resource as long as it is shown. */
  synchronized int number(Object key) {
    return numbers.computeIfAbsent(key, k -> ++lastNumber);
  }

  /** A process has acquired leases. */
  synchronized void granted(List<HeldLease> leases, int pid) {
    leases.forEach(lease -> granted(lease.where().id(), pid));
  }

  synchronized void granted(ResourceId resource, int pid) {
    boolean _ = holders.remove(resource) != null; // so that it becomes the latest again
    holders.put(resource, pid);
  }

  /** Whose a resource was that has no holder any more; 0 if that is not known. */
  synchronized int lastHolder(ResourceId resource) {
    return holders.getOrDefault(resource, 0);
  }

  /** Forgets the resources that are known no more. */
  synchronized void keepOnly(Set<ResourceId> resources) {
    holders.keySet().retainAll(resources);
    numbers.keySet().removeIf(key -> key instanceof ResourceId id && !resources.contains(id));
  }
}
