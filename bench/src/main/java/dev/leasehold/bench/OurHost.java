// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Storage;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Our engine in this JVM, holding leases for this process. */
final class OurHost implements AutoCloseable {
  static final String SPACE = "BENCH";

  private final LeaseManager manager;
  private final LinuxProcesses processes;
  private final HolderId holder;

  private OurHost(LeaseManager manager, LinuxProcesses processes, HolderId holder) {
    this.manager = manager;
    this.processes = processes;
    this.holder = holder;
  }

  static OurHost start(String name, Storage storage) throws LeaseException {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks =
        new VirtualTasks(
            clock,
            (task, failure) -> {
              throw new IllegalStateException(task, failure);
            });
    LinuxProcesses processes = new LinuxProcesses(tasks);
    LeaseManager manager =
        Engine.start(
            new EnginePorts(clock, tasks, storage, processes, new NoWatchdog(), new Random()),
            EngineConfig.of(Name.of(name)));
    int self = Math.toIntExact(ProcessHandle.current().pid());
    HolderId holder =
        manager.register(self, Lifetime.CONNECTION, HolderLabel.command("bench of " + name));
    return new OurHost(manager, processes, holder);
  }

  void join(int hostId, Path path, int ioTimeout) throws LeaseException {
    manager.addLockspace(
        LockspaceSpec.of(SPACE, hostId, path.toString()),
        JoinOptions.DEFAULT.withIoTimeout(ioTimeout));
  }

  void leave(int hostId, Path path) throws LeaseException {
    manager.removeLockspace(LockspaceSpec.of(SPACE, hostId, path.toString()), false);
  }

  /** An exclusive lease at the start of a file that bears its name. */
  static LeaseRequest request(Path file) {
    ResourceId id = ResourceId.of(SPACE, file.getFileName().toString());
    return LeaseRequest.of(
        ResourceLocation.of(id, DiskLocation.of(file.toString())), HoldMode.EXCLUSIVE);
  }

  /** One that is made if it is missing. */
  static LeaseRequest first(Path file) {
    return request(file).creating(CreatePolicy.DEFAULT);
  }

  /** Acquires all or throws. */
  void acquire(AcquireRequest request) {
    if (manager.acquire(holder, request) instanceof AcquireResult.Refused(Refusal refusal)) {
      throw new IllegalStateException(refusal.message());
    }
  }

  /** Is refused because a live host has it, or throws. */
  void refused(AcquireRequest request) {
    AcquireResult result = manager.acquire(holder, request);
    if (!(result instanceof AcquireResult.Refused(Refusal refusal))
        || refusal.code() != ErrorCode.ACQUIRE_IDLIVE) {
      throw new IllegalStateException("not refused: " + result);
    }
  }

  void release(List<ResourceId> resources) throws LeaseException {
    manager.release(holder, resources);
  }

  static AcquireRequest all(List<LeaseRequest> leases) {
    return new AcquireRequest(leases, AcquireOptions.DEFAULT);
  }

  static List<ResourceId> ids(AcquireRequest request) {
    return request.leases().stream().map(lease -> lease.where().id()).toList();
  }

  @Override
  public void close() {
    manager.close();
    processes.close();
  }
}
