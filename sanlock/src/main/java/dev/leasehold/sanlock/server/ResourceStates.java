// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseSnapshot;
import dev.leasehold.engine.resource.LeaseState;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireResource;
import dev.leasehold.sanlock.wire.WireState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The records of resources (docs/spec/wire.md 4.21): one per holder of those that are held or being
 * acquired, then those being released, then orphans; the newest first in each list.
 */
final class ResourceStates {
  private static final int FLAG_SHARED = 0x1;
  private static final int FLAG_NO_SIGKILL = 0x8;
  private static final int FLAG_NO_SIGTERM = 0x10;

  private final EngineSnapshot engine;
  private final StatusMemory memory;
  private final Map<HolderId, HolderSnapshot> holders;
  private final List<WireState> states = new ArrayList<>();

  private ResourceStates(EngineSnapshot engine, StatusMemory memory) {
    this.engine = engine;
    this.memory = memory;
    this.holders =
        engine.resources().holders().stream()
            .collect(Collectors.toMap(HolderSnapshot::id, Function.identity()));
  }

  static List<WireState> of(EngineSnapshot engine, StatusMemory memory) {
    List<LeaseSnapshot> leases = engine.resources().leases().reversed();
    memory.keepOnly(leases.stream().map(lease -> lease.where().id()).collect(Collectors.toSet()));
    ResourceStates records = new ResourceStates(engine, memory);
    for (String list : List.of("held", "add", "rem", "orphan")) {
      leases.stream()
          .filter(lease -> listOf(lease.state()).equals(list))
          .forEach(lease -> records.add(list, lease));
    }
    return records.states;
  }

  private static String listOf(LeaseState state) {
    return switch (state) {
      case HELD, CONVERTING -> "held";
      case ACQUIRING -> "add";
      case RELEASING -> "rem";
      case ORPHAN -> "orphan";
    };
  }

  private void add(String list, LeaseSnapshot lease) {
    boolean perHolder = list.equals("held") || list.equals("add");
    if (perHolder && !lease.holders().isEmpty()) {
      for (LeaseSnapshot.Share share : lease.holders().reversed()) {
        Optional<HolderSnapshot> holder = Optional.ofNullable(holders.get(share.holder()));
        int token = (int) share.holder().number();
        states.add(record(list, lease, share.pid(), token, flags(lease, holder)));
      }
    } else {
      boolean shared = lease.mode() == HoldMode.SHARED;
      int pid = shared ? 0 : memory.lastHolder(lease.where().id());
      states.add(record(list, lease, pid, 0, flags(lease, Optional.empty())));
    }
  }

  private static int flags(LeaseSnapshot lease, Optional<HolderSnapshot> holder) {
    if (lease.mode() == HoldMode.SHARED) {
      return FLAG_SHARED;
    }
    return holder
        .map(HolderSnapshot::restrictions)
        .map(r -> (r.sigkill() ? FLAG_NO_SIGKILL : 0) | (r.sigterm() ? FLAG_NO_SIGTERM : 0))
        .orElse(0);
  }

  private WireState record(String list, LeaseSnapshot lease, int pid, int token, int flags) {
    Optional<Geometry> geometry = geometry(lease);
    ResourceId id = lease.where().id();
    Words words =
        new Words()
            .add("list", list)
            .hex("flags", flags)
            .add("sector_size", geometry.map(Geometry::sectorSize).orElse(0))
            .add("align_size", geometry.map(Geometry::alignSize).orElse(0))
            .unsigned("lver", lease.lver())
            .add("reused", 0)
            .add("res_id", memory.number(id))
            .add("token_id", token);
    return WireState.of(WireState.RESOURCE, pid, lease.lver(), id.resource(), words.toString())
        .with(resource(lease, geometry.map(Geometry::sectorSize).orElse(0)));
  }

  private Optional<Geometry> geometry(LeaseSnapshot lease) {
    return lease
        .hold()
        .map(PaxosHold::geometry)
        .or(
            () ->
                engine.lockspaces().stream()
                    .filter(ls -> ls.spec().name().sameName(lease.where().id().lockspace()))
                    .findFirst()
                    .flatMap(LockspaceView::geometry));
  }

  private static WireResource resource(LeaseSnapshot lease, int sectorSize) {
    List<WireDisk> disks =
        lease.where().disks().stream().map(disk -> wire(disk, sectorSize)).toList();
    ResourceId id = lease.where().id();
    int flags = lease.mode() == HoldMode.SHARED ? Flags.RES_SHARED : 0;
    return WireResource.of(id.lockspace(), id.resource(), disks).withFlags(flags);
  }

  /** The original tells the number of a descriptor here as well; we do not. */
  private static WireDisk wire(DiskLocation disk, int sectorSize) {
    return new WireDisk(PathField.of(disk.path()), disk.offset(), sectorSize, 0);
  }
}
