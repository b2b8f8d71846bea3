// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.holder.Stopper;
import dev.leasehold.engine.spi.EngineEvents;
import dev.leasehold.engine.spi.HolderSide;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Holders and resources behind their front door: sends every call where it belongs. */
public final class ResourceEngine implements HolderSide {
  private final EngineContext context;
  private final Stopper stopper;
  private final Acquirer acquirer;
  private final ReleaseCommands releases;
  private final Converter converter;
  private final HolderAsks asks;
  private final LeaseAreas areas;
  private final LockValues values;
  private final Supervision supervision;

  /** An engine without holders and resources. */
  public ResourceEngine(
      EnginePorts ports, EngineConfig config, LockspaceDirectory directory, EngineEvents events) {
    context = new EngineContext(ports, config, directory, events);
    stopper = new Stopper(context.holders, ports.processes(), ports.clock());
    LeaseOpener opener = new LeaseOpener(ports.storage());
    Culprits culprits = new Culprits(context);
    Notes notes = new Notes(context);
    Releaser releaser = new Releaser(context, opener);
    FirstLease first = new FirstLease(context, ports, opener);
    LeaseTaker taker = new LeaseTaker(context, first, culprits, releaser);
    acquirer = new Acquirer(context, taker, releaser, culprits, notes);
    releases = new ReleaseCommands(context, releaser, notes, stopper);
    converter = new Converter(context, releaser, notes);
    asks = new HolderAsks(context, opener, stopper);
    areas = new LeaseAreas(context, opener, culprits);
    values = new LockValues(context);
    supervision = new Supervision(context, stopper, releaser, asks);
  }

  @Override
  public HolderId register(int pid, Lifetime lifetime, HolderLabel label) throws LeaseException {
    return context.holders.register(pid, lifetime, label, releases::ended);
  }

  @Override
  public Optional<HolderId> holderOf(int pid) {
    return context.holders.oldestOf(pid);
  }

  @Override
  public void restrict(HolderId holder, Restrictions restrictions) throws LeaseException {
    context.holders.restrict(holder, restrictions);
  }

  @Override
  public void setKillPath(HolderId holder, KillPath killPath) throws LeaseException {
    command(
        holder,
        () -> {
          context.holders.setKillPath(holder, killPath);
          return true;
        });
  }

  @Override
  public void unregister(HolderId holder) {
    releases.ended(holder);
  }

  /** A tied command (docs/spec/algorithms.md 5.1): one at a time for a holder. */
  @FunctionalInterface
  private interface Command<T> {
    T run() throws LeaseException;
  }

  private <T> T command(HolderId holder, Command<T> command) throws LeaseException {
    context.holders.begin(holder, false);
    try {
      return command.run();
    } finally {
      releases.endCommand(holder);
    }
  }

  @Override
  public AcquireResult acquire(HolderId holder, AcquireRequest request) {
    try {
      if (context.stopped()) {
        throw new LeaseException(ErrorCode.EPERM, "the engine is being stopped");
      }
      context.holders.begin(holder, true);
    } catch (LeaseException e) {
      return new AcquireResult.Refused(
          new Refusal(
              e.code(), OptionalInt.empty(), Optional.empty(), e.detail(), Optional.empty()));
    }
    try {
      return acquirer.acquire(holder, request);
    } finally {
      releases.endCommand(holder);
    }
  }

  @Override
  public void release(HolderId holder, List<ResourceId> resources) throws LeaseException {
    command(
        holder,
        () -> {
          releases.release(holder, resources);
          return true;
        });
  }

  @Override
  public void releaseAll(HolderId holder) throws LeaseException {
    command(
        holder,
        () -> {
          releases.releaseAll(holder);
          return true;
        });
  }

  @Override
  public void releaseRenamed(HolderId holder, ResourceId resource, Name newName)
      throws LeaseException {
    command(
        holder,
        () -> {
          releases.releaseRenamed(holder, resource, newName);
          return true;
        });
  }

  @Override
  public int releaseOrphans(Name lockspace, Optional<Name> resource) {
    return releases.releaseOrphans(lockspace, resource);
  }

  @Override
  public HeldLease convert(HolderId holder, ResourceId resource, HoldMode mode, boolean nowait)
      throws LeaseException {
    return command(holder, () -> converter.convert(holder, resource, mode, nowait));
  }

  @Override
  public List<HeldLease> inquire(HolderId holder) throws LeaseException {
    return command(holder, () -> context.table.leasesOf(holder));
  }

  @Override
  public void request(ResourceLocation where, OptionalLong lver, ForceMode mode)
      throws LeaseException {
    asks.request(where, lver, mode);
  }

  @Override
  public void examine(ResourceId resource) {
    context.table.find(resource).ifPresent(asks::examine);
  }

  @Override
  public void setLvb(ResourceId resource, byte[] value) throws LeaseException {
    values.set(resource, value);
  }

  @Override
  public byte[] getLvb(ResourceId resource, int length) throws LeaseException {
    return values.get(resource, length);
  }

  @Override
  public LeaderRecord readResource(ResourceLocation where) throws LeaseException {
    return areas.readLeader(where);
  }

  @Override
  public ResourceOwners readOwners(ResourceLocation where) throws LeaseException {
    return areas.readOwners(where);
  }

  @Override
  public void writeResource(
      ResourceLocation where, Geometry geometry, long numHosts, boolean cleared)
      throws LeaseException {
    areas.write(where, geometry, numHosts, cleared);
  }

  @Override
  public List<Holding> whoHolds(ResourceLocation where) throws LeaseException {
    return areas.whoHolds(where);
  }

  @Override
  public ResourceSnapshot snapshot() {
    return context.table.snapshot();
  }

  @Override
  public void stop() {
    context.stop();
  }

  @Override
  public boolean inUse(MemberLockspace lockspace) {
    return supervision.inUse(lockspace);
  }

  @Override
  public boolean writesInFlight(MemberLockspace lockspace) {
    return supervision.writesInFlight(lockspace);
  }

  @Override
  public boolean hasOrphans(MemberLockspace lockspace) {
    return supervision.hasOrphans(lockspace);
  }

  @Override
  public boolean namesUsed(MemberLockspace lockspace) {
    return supervision.namesUsed(lockspace);
  }

  @Override
  public void killStep(MemberLockspace lockspace, KillPhase phase) {
    supervision.killStep(lockspace, phase);
  }

  @Override
  public void lockspaceDead(MemberLockspace lockspace) {
    supervision.lockspaceDead(lockspace);
  }

  @Override
  public void lockspaceGone(MemberLockspace lockspace) {
    supervision.lockspaceGone(lockspace);
  }

  @Override
  public void examineAll(MemberLockspace lockspace) {
    supervision.examineAll(lockspace);
  }
}
