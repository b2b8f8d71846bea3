// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceOnDisk;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.engine.resource.ResourceOwners;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.List;
import java.util.Optional;

/** Areas on storage, whether used or not (docs/spec/wire.md 4.15 – 4.17). */
final class DiskCommands {
  private static final int MAX_IO_TIMEOUT = 255;

  private final Door door;

  DiskCommands(Door door) {
    this.door = door;
  }

  Answer align(Client client, Header header, RequestBody body) throws LeaseException {
    if (!(body instanceof RequestBody.OfDisk(var disk))) {
      throw Answers.unexpected(body);
    }
    return Answer.result(header, lockspaceSizes(Answers.path(disk.path())).alignSize());
  }

  /** What cannot be opened as a lockspace is no device, for whatever reason. */
  private Geometry lockspaceSizes(String path) throws LeaseException {
    if (path.isEmpty()) {
      throw new LeaseException(ErrorCode.ENODEV, "an empty path leads nowhere");
    }
    try {
      return door.indexes().defaultGeometry(path);
    } catch (LeaseException e) {
      throw new LeaseException(ErrorCode.ENODEV, e.detail(), e);
    }
  }

  Answer writeLockspace(Client client, Header header, RequestBody body) throws LeaseException {
    WireLockspace lockspace = Answers.lockspace(body);
    if (header.data2() < 0 || header.data2() > MAX_IO_TIMEOUT) {
      throw new LeaseException(
          ErrorCode.EINVAL, "an io timeout of " + header.data2() + " s, expected 0 to 255");
    }
    Optional<Geometry> wanted = Sizes.wanted(lockspace.flags());
    String path = Answers.path(lockspace.disk().path());
    Geometry geometry = wanted.isPresent() ? wanted.get() : lockspaceSizes(path);
    door.manager()
        .formatLockspace(
            new LockspaceFormat(
                lockspace.name(), path, lockspace.disk().offset(), geometry, header.data2()));
    return Answer.done(header);
  }

  Answer writeResource(Client client, Header header, RequestBody body) throws LeaseException {
    WireResource resource = Answers.resource(body);
    ResourceLocation where = LeaseTerms.location(resource);
    Optional<Geometry> wanted = Sizes.wanted(resource.flags());
    Geometry geometry =
        wanted.isPresent()
            ? wanted.get()
            : door.indexes().defaultGeometry(where.disks().getFirst().path());
    // The number of hosts is where the library sends the maximum of it (4.16).
    long numHosts = Integer.toUnsignedLong(header.data());
    boolean clear = Flags.has(header.flags(), Flags.WRITE_CLEAR);
    door.manager().writeResource(where, geometry, numHosts, clear);
    return Answer.done(header);
  }

  Answer readLockspace(Client client, Header header, RequestBody body) throws LeaseException {
    WireLockspace asked = Answers.lockspace(body);
    long hostId = asked.hostId() == 0 ? 1 : asked.hostId();
    Optional<Name> expected = asked.name().isEmpty() ? Optional.empty() : Optional.of(asked.name());
    LockspaceOnDisk found =
        door.manager()
            .readLockspace(
                Answers.path(asked.disk().path()), asked.disk().offset(), hostId, expected);
    WireLockspace reply =
        new WireLockspace(
            found.name(), hostId, Sizes.replaced(asked.flags(), found.geometry()), asked.disk());
    return Answer.with(
        header.reply(0).withData2(found.ioTimeout()), new ReplyBody.OfLockspace(reply));
  }

  Answer readResource(Client client, Header header, RequestBody body) throws LeaseException {
    WireResource asked = Answers.resource(body);
    LeaderRecord leader = door.manager().readResource(LeaseTerms.location(asked));
    WireResource reply =
        asked
            .withoutDisks()
            .withNames(leader.spaceName(), leader.resourceName())
            .withLver(leader.lver())
            .withFlags(Sizes.replaced(asked.flags(), geometry(leader)));
    return Answer.with(header.reply(0), new ReplyBody.OfResource(reply));
  }

  private static Geometry geometry(LeaderRecord leader) throws LeaseException {
    return Geometry.ofLeader(leader.flags(), leader.sectorSize());
  }

  Answer readOwners(Client client, Header header, RequestBody body) throws LeaseException {
    WireResource asked = Answers.resource(body);
    ResourceOwners found = door.manager().readOwners(LeaseTerms.location(asked));
    checkNames(asked, found.leader());
    if (!Sizes.agree(asked.flags(), geometry(found.leader()))) {
      throw new LeaseException(ErrorCode.EINVAL, "the lease has other sizes than those given");
    }
    boolean shared = found.owners().stream().anyMatch(owner -> owner.mode() == HoldMode.SHARED);
    WireResource reply =
        asked
            .withoutDisks()
            .withLver(found.leader().lver())
            .withFlags(asked.flags() | (shared ? Flags.RES_SHARED : 0));
    List<WireHost> owners = found.owners().stream().map(DiskCommands::wire).toList();
    return Answer.with(
        header.reply(0).withData2(owners.size()), new ReplyBody.Owners(reply, owners));
  }

  /** Here, unlike in reading a resource, an empty name is not any name. */
  private static void checkNames(WireResource asked, LeaderRecord leader) throws LeaseException {
    if (!asked.lockspace().sameName(leader.spaceName())) {
      throw new LeaseException(ErrorCode.LEADER_LOCKSPACE, "the lockspace's name must be given");
    }
    if (!asked.name().sameName(leader.resourceName())) {
      throw new LeaseException(ErrorCode.LEADER_RESOURCE, "the resource's name must be given");
    }
  }

  private static WireHost wire(ResourceOwners.Owner owner) {
    return new WireHost(owner.hostId(), owner.generation(), owner.timestamp(), 0, 0);
  }
}
