// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.HoldMode;
import java.util.Map;
import java.util.TreeMap;

/** Who uses the disk that a lease protects; fails the moment two do that must not. */
public final class Holders {
  private final Map<String, HoldMode> holders = new TreeMap<>();
  private int grants;

  /** A host begins to use the disk. */
  public void enter(String host, HoldMode mode) {
    boolean clash =
        holders.entrySet().stream()
            .anyMatch(
                other ->
                    !other.getKey().equals(host)
                        && (mode == HoldMode.EXCLUSIVE || other.getValue() == HoldMode.EXCLUSIVE));
    if (clash) {
      throw new AssertionError(host + " enters " + mode + " beside " + holders);
    }
    holders.put(host, mode);
    grants++;
  }

  /** A host has stopped using it; comes before anything is released. */
  public void leave(String host) {
    holders.remove(host);
  }

  /** Whether nobody uses it. */
  public boolean none() {
    return holders.isEmpty();
  }

  /** How often somebody was let in. */
  public int grants() {
    return grants;
  }
}
