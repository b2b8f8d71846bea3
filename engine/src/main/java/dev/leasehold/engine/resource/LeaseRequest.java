// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HoldMode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One resource of an acquire command.
 *
 * @param where the resource and its disks
 * @param mode how to hold it
 * @param wantLver refuse (ACQUIRE_LVER) unless the lease has this version now; 0 is no condition
 * @param numHosts room for host ids to set with the acquisition
 * @param persistent becomes an orphan when its holder ends, instead of being released
 * @param create how to make the lease file if it is missing; only for a single disk at offset 0
 * @param diskPath the disk that the lease protects, if it is for one: for messages and notes
 */
public record LeaseRequest(
    ResourceLocation where,
    HoldMode mode,
    OptionalLong wantLver,
    OptionalInt numHosts,
    boolean persistent,
    Optional<CreatePolicy> create,
    Optional<String> diskPath) {

  /** An existing lease, without conditions. */
  public static LeaseRequest of(ResourceLocation where, HoldMode mode) {
    return new LeaseRequest(
        where,
        mode,
        OptionalLong.empty(),
        OptionalInt.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  /** With a condition on the version. */
  public LeaseRequest wantingLver(long lver) {
    return new LeaseRequest(
        where, mode, OptionalLong.of(lver), numHosts, persistent, create, diskPath);
  }

  /** With room for other host ids. */
  public LeaseRequest settingNumHosts(int hosts) {
    return new LeaseRequest(
        where, mode, wantLver, OptionalInt.of(hosts), persistent, create, diskPath);
  }

  /** Surviving its holder as an orphan. */
  public LeaseRequest asPersistent() {
    return new LeaseRequest(where, mode, wantLver, numHosts, true, create, diskPath);
  }

  /** Made if missing. */
  public LeaseRequest creating(CreatePolicy policy) {
    return new LeaseRequest(
        where, mode, wantLver, numHosts, persistent, Optional.of(policy), diskPath);
  }

  /** Protecting this disk. */
  public LeaseRequest forDisk(String path) {
    return new LeaseRequest(where, mode, wantLver, numHosts, persistent, create, Optional.of(path));
  }

  /** For example {@code disk /srv/a.qcow2}, or else the resource's names. */
  public String described() {
    return diskPath.map(path -> "disk " + path).orElseGet(() -> "resource " + where.id());
  }
}
