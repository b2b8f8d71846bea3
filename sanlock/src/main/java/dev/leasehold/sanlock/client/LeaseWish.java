// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One lease of an acquire command.
 *
 * @param shared with other holders
 * @param lver refuse unless the lease has this version
 * @param numHosts room for host ids to set with the acquisition
 * @param persistent becomes an orphan when its holder ends, instead of being released
 */
public record LeaseWish(
    ResourceRef resource,
    boolean shared,
    OptionalLong lver,
    OptionalInt numHosts,
    boolean persistent) {

  /** For one holder alone. */
  public static LeaseWish exclusive(ResourceRef resource) {
    return new LeaseWish(resource, false, OptionalLong.empty(), OptionalInt.empty(), false);
  }

  /** Together with others. */
  public static LeaseWish shared(ResourceRef resource) {
    return new LeaseWish(resource, true, OptionalLong.empty(), OptionalInt.empty(), false);
  }

  /** Only at this version. */
  public LeaseWish atVersion(long version) {
    return new LeaseWish(resource, shared, OptionalLong.of(version), numHosts, persistent);
  }

  /** With room for so many host ids from now on. */
  public LeaseWish withNumHosts(int hosts) {
    return new LeaseWish(resource, shared, lver, OptionalInt.of(hosts), persistent);
  }

  /** Surviving its holder. */
  public LeaseWish asPersistent() {
    return new LeaseWish(resource, shared, lver, numHosts, true);
  }

  WireResource wire() {
    int flags =
        (shared ? Flags.RES_SHARED : 0)
            | (lver.isPresent() ? Flags.RES_LVER : 0)
            | (numHosts.isPresent() ? Flags.RES_NUM_HOSTS : 0)
            | (persistent ? Flags.RES_PERSISTENT : 0);
    return resource.wire().withFlags(flags).withLver(lver.orElse(0)).withData32(numHosts.orElse(0));
  }
}
