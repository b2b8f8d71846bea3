// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ForceMode;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.LeaseRemoval;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.host.SimProcesses;
import dev.leasehold.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The real engine as a simulated daemon. */
public final class EngineNode implements Node {

  private static final Name SPACE_NAME = Name.of(SPACE);

  /** One process in so many. */
  private static final int HURRIED = 3;

  private final LeaseManager manager;
  private final OptionalLong highestId;
  private LockspaceSpec spec;
  private final JoinOptions options;
  private final Habits habits;
  private final LeaseRemoval removal;

  /**
   * What this host's users do with the engine.
   *
   * @param lifetime what ends a registration
   * @param killPath whether holders name a kill program
   * @param create how lease files are made
   */
  public record Habits(Lifetime lifetime, boolean killPath, CreatePolicy create) {}

  /**
   * An engine that has just been started.
   *
   * @param manager its front door
   * @param hostId the host id to join with; 0 for one that is found at each join
   * @param highestId if so, the highest one to consider
   * @param options how to join
   * @param habits of its users
   * @param storage as this daemon sees it
   */
  public EngineNode(
      LeaseManager manager,
      long hostId,
      long highestId,
      JoinOptions options,
      Habits habits,
      Storage storage) {
    this.manager = manager;
    this.highestId = hostId == 0 ? OptionalLong.of(highestId) : OptionalLong.empty();
    this.spec = new LockspaceSpec(SPACE_NAME, hostId, AREA, 0);
    this.options = options;
    this.habits = habits;
    this.removal =
        new LeaseRemoval(storage, SPACE_NAME, Duration.ofSeconds(manager.config().ioTimeout()));
  }

  @Override
  public long hostId() {
    return spec.hostId();
  }

  @Override
  public long join() throws NodeException {
    try {
      LockspaceView joined = highestId.isPresent() ? joinSomehow() : joinAsConfigured();
      spec = joined.spec();
      return joined.generation();
    } catch (LeaseException e) {
      throw refused(e);
    }
  }

  private LockspaceView joinAsConfigured() throws LeaseException {
    return manager.addLockspace(spec, options);
  }

  /** With the id that this daemon had last, if it is free, or another one. */
  private LockspaceView joinSomehow() throws LeaseException {
    OptionalLong last = spec.hostId() == 0 ? OptionalLong.empty() : OptionalLong.of(spec.hostId());
    return manager.addLockspace(SPACE_NAME, AREA, 0, new AutoHostId(last, highestId), options);
  }

  @Override
  public void leave() throws NodeException {
    try {
      manager.removeLockspace(spec, false);
    } catch (LeaseException e) {
      throw refused(e);
    }
  }

  @Override
  public boolean member() {
    try {
      manager.ensureValid(SPACE_NAME);
      return true;
    } catch (LeaseException e) {
      return false;
    }
  }

  @Override
  public Client connect(SimProcess process) throws NodeException {
    try {
      HolderId holder =
          manager.register(
              process.id().pid(), habits.lifetime(), HolderLabel.command(process.name()));
      if (habits.killPath()) {
        manager.setKillPath(holder, new KillPath(SimProcesses.KILL_PROGRAM, "", true));
      }
      return new Connection(holder, process.id().pid() % HURRIED == 0);
    } catch (LeaseException e) {
      throw refused(e);
    }
  }

  @Override
  public void request(String resource, boolean force) throws NodeException {
    try {
      manager.request(
          location(resource), OptionalLong.empty(), force ? ForceMode.FORCE : ForceMode.GRACEFUL);
    } catch (LeaseException e) {
      throw refused(e);
    }
  }

  @Override
  public Removal claim(String resource) throws NodeException {
    try {
      return EngineRemoval.claim(manager, location(resource), hostId(), removal);
    } catch (LeaseException e) {
      throw refused(e);
    }
  }

  private static ResourceLocation location(String resource) {
    return ResourceLocation.of(
        ResourceId.of(SPACE, resource), DiskLocation.of(DIRECTORY + "/" + resource));
  }

  static NodeException refused(LeaseException e) {
    return new NodeException(e.code().number(), String.valueOf(e.getMessage()));
  }

  private static Grant grant(HeldLease lease) {
    return new Grant(
        lease.where().id().resource().toString(), lease.mode() == HoldMode.SHARED, lease.lver());
  }

  private final class Connection implements Client {
    private final HolderId holder;
    private final boolean hurried;

    Connection(HolderId holder, boolean hurried) {
      this.holder = holder;
      this.hurried = hurried;
    }

    @Override
    public List<Grant> acquire(List<Want> wants, Duration patience) throws NodeException {
      List<LeaseRequest> requests = new ArrayList<>();
      for (Want want : wants) {
        HoldMode mode = want.shared() ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
        LeaseRequest request = LeaseRequest.of(location(want.resource()), mode);
        requests.add(want.create() ? request.creating(habits.create()) : request);
      }
      AcquireOptions how =
          patience.isZero() ? atOnce() : AcquireOptions.DEFAULT.waitingUpTo(patience);
      return switch (manager.acquire(holder, new AcquireRequest(requests, how))) {
        case AcquireResult.Granted granted ->
            granted.leases().stream().map(EngineNode::grant).toList();
        case AcquireResult.Refused refused ->
            throw new NodeException(refused.refusal().code().number(), refused.refusal().message());
      };
    }

    /** Some will not even wait until a silent owner is provably dead, like a cleanup. */
    private AcquireOptions atOnce() {
      return hurried ? AcquireOptions.DEFAULT.withoutWaiting() : AcquireOptions.DEFAULT;
    }

    @Override
    public void release(String resource) throws NodeException {
      try {
        manager.release(holder, List.of(ResourceId.of(SPACE, resource)));
      } catch (LeaseException e) {
        throw refused(e);
      }
    }

    @Override
    public Grant convert(String resource, boolean shared) throws NodeException {
      try {
        HoldMode mode = shared ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
        return grant(manager.convert(holder, ResourceId.of(SPACE, resource), mode, false));
      } catch (LeaseException e) {
        throw refused(e);
      }
    }

    @Override
    public List<String> held() {
      try {
        return manager.inquire(holder).stream()
            .map(lease -> lease.where().id().resource().toString())
            .toList();
      } catch (LeaseException e) {
        return List.of();
      }
    }

    @Override
    public void close() {
      manager.unregister(holder);
    }
  }
}
