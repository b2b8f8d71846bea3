// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.lockspace.LockspaceManager;
import dev.leasehold.engine.lockspace.LockspaceTable;
import dev.leasehold.engine.port.HolderJournal;
import dev.leasehold.engine.port.Tasks.Task;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.ForceMode;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.Holding;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceEngine;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.engine.resource.ResourceOwners;
import dev.leasehold.engine.resource.ResourceSnapshot;
import dev.leasehold.engine.rindex.IndexManager;
import dev.leasehold.engine.rindex.ResourceIndexes;
import dev.leasehold.engine.rindex.SupervisionWithIndexes;
import dev.leasehold.engine.spi.HolderSide;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** The engine: puts its two halves together and answers at the front door. */
public final class Engine implements LeaseManager {

  private static final Duration LONG = Duration.ofHours(1);

  private final EnginePorts ports;
  private final EngineConfig config;
  private final ListenerHub listeners;
  private final LockspaceTable table;
  private final LockspaceManager lockspaces;
  private final HolderSide holders;
  private final IndexManager indexes;
  private final HolderJournal journal;

  private Engine(
      EnginePorts ports, EngineConfig config, HolderSide.Factory factory, HolderJournal journal) {
    this.ports = ports;
    this.config = config;
    this.journal = journal;
    this.listeners = new ListenerHub(ports.tasks());
    this.table = new LockspaceTable(ports, config, listeners);
    this.holders = factory.create(ports, config, table, listeners);
    this.indexes = new IndexManager(ports, config, table);
    this.lockspaces = new LockspaceManager(table, new SupervisionWithIndexes(holders, indexes));
  }

  /**
   * An engine without lockspaces.
   *
   * @param ports the outside world
   * @param config what may be set
   */
  public static LeaseManager start(EnginePorts ports, EngineConfig config) {
    return start(ports, config, HolderJournal.NONE);
  }

  /**
   * An engine without lockspaces.
   *
   * @param ports the outside world
   * @param config what may be set
   * @param journal told of holders before they may have leases
   */
  public static LeaseManager start(EnginePorts ports, EngineConfig config, HolderJournal journal) {
    return new Engine(ports, config, ResourceEngine::new, journal);
  }

  @Override
  public void addListener(LeaseListener listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(LeaseListener listener) {
    listeners.remove(listener);
  }

  @Override
  public EngineConfig config() {
    return config;
  }

  @Override
  public ResourceIndexes resourceIndexes() {
    return indexes;
  }

  @Override
  public EngineSnapshot state() {
    return new EngineSnapshot(
        config.hostName(),
        ports.processes().bootId(),
        ports.watchdog().description(),
        ports.watchdog().protects(),
        ports.watchdog().armed(),
        lockspaces.lockspaces(),
        holders.snapshot());
  }

  @Override
  public LeaseSession session(HolderLabel label) throws LeaseException {
    int pid = ports.processes().self().pid();
    return new LeaseSession(this, table, holders.register(pid, Lifetime.CONNECTION, label));
  }

  @Override
  public void shutdown(boolean force) throws LeaseException {
    if (force) {
      lockspaces.leaveAll(LossReason.SHUTDOWN);
    } else if (!lockspaces.closeIfEmpty()) {
      throw new LeaseException(ErrorCode.EBUSY, "the engine is not stopped: lockspaces are joined");
    }
    holders.stop();
  }

  @Override
  public void close() {
    holders.stop();
    List<Task> releases = new ArrayList<>();
    for (HolderSnapshot holder : holders.snapshot().holders()) {
      releases.add(ports.tasks().start("release " + holder.id(), () -> giveUp(holder.id())));
    }
    for (Task release : releases) {
      while (!release.join(LONG)) {
        // Bounded by the io timeouts of the releases; it is only asked again.
      }
    }
    lockspaces.leaveAll(LossReason.REMOVED);
  }

  private void giveUp(HolderId holder) {
    try {
      holders.releaseAll(holder);
    } catch (LeaseException e) {
      // Free for others all the same, as soon as the host lease is given back.
      listeners.tell(listener -> listener.note("a lease was not released: " + e.getMessage()));
    }
    holders.unregister(holder);
  }

  // ---- lockspaces ----

  @Override
  public LockspaceView addLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    return lockspaces.addLockspace(spec, options);
  }

  @Override
  public void startAddLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    lockspaces.startAddLockspace(spec, options);
  }

  @Override
  public LockspaceView addLockspace(
      Name name, String path, long offset, AutoHostId choice, JoinOptions options)
      throws LeaseException {
    return lockspaces.addLockspace(name, path, offset, choice, options);
  }

  @Override
  public LockspaceView inquireLockspace(LockspaceSpec spec) throws LeaseException {
    return lockspaces.inquireLockspace(spec);
  }

  @Override
  public LockspaceView awaitLockspace(LockspaceSpec spec, Duration limit) throws LeaseException {
    return lockspaces.awaitLockspace(spec, limit);
  }

  @Override
  public void removeLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException {
    lockspaces.removeLockspace(spec, onlyIfUnused);
  }

  @Override
  public void startRemoveLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException {
    lockspaces.startRemoveLockspace(spec, onlyIfUnused);
  }

  @Override
  public List<LockspaceView> lockspaces() {
    return lockspaces.lockspaces();
  }

  @Override
  public Optional<LockspaceView> lockspace(Name name) {
    return lockspaces.lockspace(name);
  }

  @Override
  public boolean createLockspace(LockspaceFormat format) throws LeaseException {
    return lockspaces.createLockspace(format);
  }

  @Override
  public void formatLockspace(LockspaceFormat format) throws LeaseException {
    lockspaces.formatLockspace(format);
  }

  @Override
  public LockspaceOnDisk readLockspace(
      String path, long offset, long hostId, Optional<Name> expected) throws LeaseException {
    return lockspaces.readLockspace(path, offset, hostId, expected);
  }

  @Override
  public List<HostView> hosts(Name lockspace, OptionalLong hostId) throws LeaseException {
    return lockspaces.hosts(lockspace, hostId);
  }

  @Override
  public List<HostView> hostStatus(Name lockspace) throws LeaseException {
    return lockspaces.hostStatus(lockspace);
  }

  @Override
  public void setUse(Name lockspace, LockspaceUse use) throws LeaseException {
    lockspaces.setUse(lockspace, use);
  }

  @Override
  public void setEvent(
      Name lockspace, long hostId, long generation, long event, long data, Set<HostEventFlag> flags)
      throws LeaseException {
    lockspaces.setEvent(lockspace, hostId, generation, event, data, flags);
  }

  @Override
  public EventSubscription subscribeEvents(Name lockspace) throws LeaseException {
    return lockspaces.subscribeEvents(lockspace);
  }

  @Override
  public void examineLockspace(Name lockspace) {
    lockspaces.examineLockspace(lockspace);
  }

  @Override
  public List<RenewalRecord> renewalHistory(Name lockspace) throws LeaseException {
    return lockspaces.renewalHistory(lockspace);
  }

  @Override
  public void ensureValid(Name lockspace) throws LeaseException {
    lockspaces.ensureValid(lockspace);
  }

  // ---- holders and resources ----

  @Override
  public HolderId register(int pid, Lifetime lifetime, HolderLabel label) throws LeaseException {
    return holders.register(pid, lifetime, label);
  }

  @Override
  public Optional<HolderId> holderOf(int pid) {
    return holders.holderOf(pid);
  }

  @Override
  public void restrict(HolderId holder, Restrictions restrictions) throws LeaseException {
    holders.restrict(holder, restrictions);
  }

  @Override
  public void setKillPath(HolderId holder, KillPath killPath) throws LeaseException {
    holders.setKillPath(holder, killPath);
  }

  @Override
  public void unregister(HolderId holder) {
    holders.unregister(holder);
    journal.released();
  }

  @Override
  public AcquireResult acquire(HolderId holder, AcquireRequest request) {
    long begin = ports.clock().bootNanos();
    AcquireResult result = acquireNoted(holder, request);
    Duration took = Duration.ofNanos(ports.clock().bootNanos() - begin);
    Optional<Refusal> refusal =
        result instanceof AcquireResult.Refused refused
            ? Optional.of(refused.refusal())
            : Optional.empty();
    listeners.tell(listener -> listener.acquireEnded(refusal, took));
    return result;
  }

  private AcquireResult acquireNoted(HolderId holder, AcquireRequest request) {
    Set<Name> lockspaces = lockspacesOf(request);
    try {
      journal.acquiring(holder, lockspaces);
    } catch (LeaseException e) {
      return new AcquireResult.Refused(
          new Refusal(
              e.code(), OptionalInt.empty(), Optional.empty(), e.detail(), Optional.empty()));
    }
    try {
      return holders.acquire(holder, request);
    } finally {
      journal.acquired(holder, lockspaces);
    }
  }

  private static Set<Name> lockspacesOf(AcquireRequest request) {
    return request.leases().stream()
        .map(lease -> lease.where().id().lockspace())
        .collect(Collectors.toSet());
  }

  @Override
  public void release(HolderId holder, List<ResourceId> resources) throws LeaseException {
    try {
      holders.release(holder, resources);
    } finally {
      journal.released();
    }
  }

  @Override
  public void releaseAll(HolderId holder) throws LeaseException {
    try {
      holders.releaseAll(holder);
    } finally {
      journal.released();
    }
  }

  @Override
  public void releaseRenamed(HolderId holder, ResourceId resource, Name newName)
      throws LeaseException {
    try {
      holders.releaseRenamed(holder, resource, newName);
    } finally {
      journal.released();
    }
  }

  @Override
  public int releaseOrphans(Name lockspace, Optional<Name> resource) {
    return holders.releaseOrphans(lockspace, resource);
  }

  @Override
  public HeldLease convert(HolderId holder, ResourceId resource, HoldMode mode, boolean ownerNowait)
      throws LeaseException {
    return holders.convert(holder, resource, mode, ownerNowait);
  }

  @Override
  public List<HeldLease> inquire(HolderId holder) throws LeaseException {
    return holders.inquire(holder);
  }

  @Override
  public void request(ResourceLocation where, OptionalLong lver, ForceMode mode)
      throws LeaseException {
    holders.request(where, lver, mode);
  }

  @Override
  public void examine(ResourceId resource) {
    holders.examine(resource);
  }

  @Override
  public void setLvb(ResourceId resource, byte[] value) throws LeaseException {
    holders.setLvb(resource, value);
  }

  @Override
  public byte[] getLvb(ResourceId resource, int length) throws LeaseException {
    return holders.getLvb(resource, length);
  }

  @Override
  public LeaderRecord readResource(ResourceLocation where) throws LeaseException {
    return holders.readResource(where);
  }

  @Override
  public ResourceOwners readOwners(ResourceLocation where) throws LeaseException {
    return holders.readOwners(where);
  }

  @Override
  public void writeResource(
      ResourceLocation where, Geometry geometry, long numHosts, boolean cleared)
      throws LeaseException {
    holders.writeResource(where, geometry, numHosts, cleared);
  }

  @Override
  public List<Holding> whoHolds(ResourceLocation where) throws LeaseException {
    return holders.whoHolds(where);
  }

  @Override
  public ResourceSnapshot snapshot() {
    return holders.snapshot();
  }

  @Override
  public void stop() {
    holders.stop();
  }
}
