// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.AreaFormat;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.lease.LeaseOwners;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looking at lease areas and initialising them, without holding a lease. Thread-safe. */
final class LeaseAreas {
  private static final Duration SETTLE_ROUND = Duration.ofMinutes(10);

  private final EngineContext context;
  private final LeaseOpener opener;
  private final Culprits culprits;

  LeaseAreas(EngineContext context, LeaseOpener opener, Culprits culprits) {
    this.context = context;
    this.opener = opener;
    this.culprits = culprits;
  }

  /** What is done with the first disk of a lease. */
  @FunctionalInterface
  private interface Look<T> {
    T at(LeaseDisk disk, Duration timeout) throws LeaseException;
  }

  private <T> T look(ResourceLocation where, Look<T> look) throws LeaseException {
    LeaseOpener.checkDisks(where);
    Duration timeout = Duration.ofSeconds(context.config.ioTimeout());
    DiskLocation disk = where.disks().getFirst();
    try (BlockStore store = opener.openDisk(disk, false, timeout)) {
      return look.at(new LeaseDisk(store, disk.offset()), timeout);
    }
  }

  LeaderRecord readLeader(ResourceLocation where) throws LeaseException {
    return look(
        where,
        (disk, timeout) ->
            LeaseOwners.readLeader(disk, where.id().lockspace(), where.id().resource(), timeout));
  }

  private static LeaseOwners owners(ResourceLocation where, LeaseDisk disk, Duration timeout)
      throws LeaseException {
    return LeaseOwners.read(
        disk, where.id().lockspace(), where.id().resource(), Optional.empty(), timeout);
  }

  ResourceOwners readOwners(ResourceLocation where) throws LeaseException {
    LeaseOwners read = look(where, (disk, timeout) -> owners(where, disk, timeout));
    List<ResourceOwners.Owner> owners = new ArrayList<>();
    read.exclusive().ifPresent(owner -> owners.add(owner(owner, HoldMode.EXCLUSIVE)));
    read.sharers().forEach(owner -> owners.add(owner(owner, HoldMode.SHARED)));
    return new ResourceOwners(read.leader(), owners);
  }

  private static ResourceOwners.Owner owner(LeaseOwners.Owner owner, HoldMode mode) {
    return new ResourceOwners.Owner(owner.hostId(), owner.generation(), owner.timestamp(), mode);
  }

  /** Our own holders from the table, all others from the disk. */
  List<Holding> whoHolds(ResourceLocation where) throws LeaseException {
    Optional<MemberLockspace> member = context.directory.joined(where.id().lockspace());
    List<Holding> found =
        look(
            where,
            (disk, timeout) -> culprits.all(disk, owners(where, disk, timeout), member, timeout));
    List<Holding> holdings = new ArrayList<>();
    for (Token token : localHolders(where.id())) {
      holdings.add(culprits.local(token));
    }
    boolean known = !holdings.isEmpty();
    found.stream().filter(holding -> !(known && holding.local())).forEach(holdings::add);
    return holdings;
  }

  private List<Token> localHolders(ResourceId id) {
    synchronized (context.lock) {
      return context
          .table
          .find(id)
          .map(entry -> entry.tokens.stream().filter(Token::granted).toList())
          .orElse(List.of());
    }
  }

  void write(ResourceLocation where, Geometry geometry, long numHosts, boolean cleared)
      throws LeaseException {
    LeaseOpener.checkDisks(where);
    if (!context.table.beginFormat(where.id())) {
      throw new LeaseException(
          ErrorCode.EBUSY, "resource " + where.id() + " is in use on this host");
    }
    List<BlockStore> stores = new ArrayList<>();
    try {
      Duration timeout = Duration.ofSeconds(context.config.formatIoTimeout());
      List<LeaseDisk> disks = new ArrayList<>();
      for (DiskLocation disk : where.disks()) {
        BlockStore store = opener.openDisk(disk, true, timeout);
        stores.add(store);
        disks.add(new LeaseDisk(store, disk.offset()));
      }
      write(where, disks, geometry, numHosts, cleared, timeout);
    } finally {
      if (stores.stream().anyMatch(store -> store.unsettledWrites() > 0)) {
        // It would wipe out a lease that was acquired meanwhile.
        context.ports.tasks().start("settle " + where.id(), () -> endWhenSettled(where, stores));
      } else {
        end(where, stores);
      }
    }
  }

  private void endWhenSettled(ResourceLocation where, List<BlockStore> stores) {
    for (BlockStore store : stores) {
      boolean settled = false;
      while (!settled && !context.stopped()) {
        settled = store.awaitWritesSettled(SETTLE_ROUND);
      }
    }
    end(where, stores);
  }

  private void end(ResourceLocation where, List<BlockStore> stores) {
    OpenLease.closeAll(stores);
    context.table.endFormat(where.id());
  }

  private void write(
      ResourceLocation where,
      List<LeaseDisk> disks,
      Geometry geometry,
      long numHosts,
      boolean cleared,
      Duration timeout)
      throws LeaseException {
    if (cleared) {
      AreaFormat.clear(
          disks,
          where.id().lockspace(),
          where.id().resource(),
          geometry,
          numHosts,
          context.ports.clock().monotonicSeconds(),
          timeout);
    } else {
      AreaFormat.resource(
          disks, where.id().lockspace(), where.id().resource(), geometry, numHosts, timeout);
    }
  }
}
