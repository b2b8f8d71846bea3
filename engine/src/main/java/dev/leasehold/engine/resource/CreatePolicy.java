// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.Geometry;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to make a lease file that does not exist yet. The new file appears complete, already naming
 * this host as its owner ("born held", docs/design.md), or not at all.
 *
 * @param geometry sizes of the new lease; empty for those of its lockspace, which is what hosts
 *     that run sanlock want (docs/spec/ondisk.md 11.3)
 * @param minHosts the new lease has room for at least this many host ids
 * @param maxHosts and for at most this many; if a higher host id was ever used in the lockspace,
 *     the lease is not made: LEADER_NUMHOSTS, with words that say what to change
 * @param permissions permission bits, e.g. 0600
 * @param uid owner to set, if any
 * @param gid group to set, if any
 */
public record CreatePolicy(
    Optional<Geometry> geometry,
    int minHosts,
    int maxHosts,
    int permissions,
    OptionalInt uid,
    OptionalInt gid) {
  /** Room for 14 host ids: with leader and request record that is a ballot read of 16 sectors. */
  public static final int SMALL = 14;

  /** The most host ids that any lease has room for. */
  public static final int MOST = 2000;

  /** Like the lockspace, with room for as few host ids as will do, 0600. */
  public static final CreatePolicy DEFAULT =
      new CreatePolicy(
          Optional.empty(), SMALL, MOST, 0600, OptionalInt.empty(), OptionalInt.empty());

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException unless 1 <= minHosts <= maxHosts <= 2000
   */
  public CreatePolicy {
    if (minHosts < 1 || minHosts > maxHosts || maxHosts > MOST) {
      throw new IllegalArgumentException(
          "a lease has room for 1 to 2000 host ids, not for " + minHosts + " to " + maxHosts);
    }
  }

  /** With at most this many host ids; {@link #minHosts} is lowered to it if need be. */
  public CreatePolicy withMaxHosts(int hosts) {
    return new CreatePolicy(geometry, Math.min(minHosts, hosts), hosts, permissions, uid, gid);
  }

  /** With at least this many host ids. */
  public CreatePolicy withMinHosts(int hosts) {
    return new CreatePolicy(geometry, hosts, maxHosts, permissions, uid, gid);
  }

  /** With other permission bits and owners. */
  public CreatePolicy owned(int mode, OptionalInt owner, OptionalInt group) {
    return new CreatePolicy(geometry, minHosts, maxHosts, mode, owner, group);
  }
}
