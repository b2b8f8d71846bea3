// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireProgress;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the structures of a request mean to the engine (docs/spec/wire.md 4.4). */
final class LeaseTerms {
  private LeaseTerms() {}

  static ResourceId id(WireResource resource) {
    return new ResourceId(resource.lockspace(), resource.name());
  }

  /**
   * Where a lease is.
   *
   * @throws LeaseException ERANGE without disks; EINVAL for a path that cannot be used; ENOENT for
   *     an empty one
   */
  static ResourceLocation location(WireResource resource) throws LeaseException {
    List<DiskLocation> disks = new ArrayList<>();
    for (WireDisk disk : resource.disks()) {
      String path = Answers.path(disk.path());
      if (path.isEmpty()) {
        throw new LeaseException(ErrorCode.ENOENT, "an empty path leads nowhere");
      }
      disks.add(new DiskLocation(path, disk.offset()));
    }
    return new ResourceLocation(id(resource), disks);
  }

  static AcquireRequest request(List<WireResource> resources, int flags, HolderLabel label)
      throws LeaseException {
    List<LeaseRequest> leases = new ArrayList<>();
    for (WireResource resource : resources) {
      leases.add(lease(resource));
    }
    AcquireOptions options =
        new AcquireOptions(
            Flags.has(flags, Flags.ACQUIRE_LVB),
            Flags.has(flags, Flags.ACQUIRE_ORPHAN),
            Flags.has(flags, Flags.ACQUIRE_ORPHAN_ONLY),
            Flags.has(flags, Flags.OWNER_NOWAIT),
            false,
            Optional.empty(),
            Optional.of(label),
            AcquireProgress.SILENT,
            false);
    return new AcquireRequest(leases, options);
  }

  private static LeaseRequest lease(WireResource resource) throws LeaseException {
    int flags = resource.flags();
    HoldMode mode = Flags.has(flags, Flags.RES_SHARED) ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
    LeaseRequest request = LeaseRequest.of(location(resource), mode);
    if (Flags.has(flags, Flags.RES_LVER) && resource.lver() != 0) {
      request = request.wantingLver(resource.lver());
    }
    if (Flags.has(flags, Flags.RES_NUM_HOSTS) && resource.data32() != 0) {
      // More than an int holds is more than any lease has room for.
      int hosts = resource.data32() < 0 ? Integer.MAX_VALUE : resource.data32();
      request = request.settingNumHosts(hosts);
    }
    return Flags.has(flags, Flags.RES_PERSISTENT) ? request.asPersistent() : request;
  }
}
