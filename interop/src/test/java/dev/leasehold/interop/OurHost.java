// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.EventSubscription;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ForceMode;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/**
 * A host that runs our engine on the real ports, in this JVM; its holder is a process of its own.
 */
final class OurHost implements ClusterHost, AutoCloseable {

  /** Short, so that what follows a loss is seen soon; the C daemon has 40. */
  static final int GRACE = 3;

  private final LeaseManager manager;
  private final LinuxProcesses processes;
  private final ProcessHandle holderProcess;
  private final HolderId holder;
  private final List<Throwable> failures;
  private EventSubscription events;

  private OurHost(
      LeaseManager manager,
      LinuxProcesses processes,
      ProcessHandle holderProcess,
      HolderId holder,
      List<Throwable> failures) {
    this.manager = manager;
    this.processes = processes;
    this.holderProcess = holderProcess;
    this.holder = holder;
    this.failures = failures;
  }

  /** Starts an engine; it is a host of its own by its name. */
  static OurHost start(String hostName, ProcessHandle holderProcess) {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks = new VirtualTasks(clock, (task, failure) -> failures.add(failure));
    LinuxProcesses processes = new LinuxProcesses(tasks);
    EnginePorts ports =
        new EnginePorts(
            clock, tasks, new LinuxStorage(), processes, new NoWatchdog(), new Random());
    LeaseManager manager =
        Engine.start(ports, EngineConfig.of(Name.of(hostName)).withGracePeriod(GRACE));
    try {
      HolderId holder =
          manager.register(
              Math.toIntExact(holderProcess.pid()),
              Lifetime.PROCESS,
              HolderLabel.command("holder of " + hostName));
      return new OurHost(manager, processes, holderProcess, holder, failures);
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same host with another holder process. */
  OurHost with(ProcessHandle process) throws LeaseException {
    HolderId id =
        manager.register(
            Math.toIntExact(process.pid()), Lifetime.PROCESS, HolderLabel.command("another"));
    return new OurHost(manager, processes, process, id, failures);
  }

  LeaseManager manager() {
    return manager;
  }

  /** The registration of the holder process. */
  HolderId holder() {
    return holder;
  }

  @Override
  public String name() {
    return manager.config().hostName().toString();
  }

  private interface Call<T> {
    T run() throws LeaseException;
  }

  private static <T> T run(Call<T> call) throws Refused {
    try {
      return call.run();
    } catch (LeaseException e) {
      throw new Refused(e.code().number(), String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void join(String space, int hostId, Path path, int ioTimeout) throws Refused {
    run(
        () ->
            manager.addLockspace(
                LockspaceSpec.of(space, hostId, path.toString()),
                JoinOptions.DEFAULT.withIoTimeout(ioTimeout)));
  }

  @Override
  public void leave(String space, int hostId, Path path) throws Refused {
    run(
        () -> {
          manager.removeLockspace(LockspaceSpec.of(space, hostId, path.toString()), false);
          return space;
        });
  }

  static ResourceId id(LeaseFile lease) {
    return ResourceId.of(lease.space(), lease.name());
  }

  static ResourceLocation location(LeaseFile lease) {
    return ResourceLocation.of(id(lease), DiskLocation.of(lease.path().toString()));
  }

  static LeaseRequest request(LeaseFile lease, boolean shared) {
    return LeaseRequest.of(location(lease), shared ? HoldMode.SHARED : HoldMode.EXCLUSIVE);
  }

  /** Acquires one lease, with everything that can be said about it. */
  AcquireResult acquire(LeaseRequest request, AcquireOptions options) {
    return manager.acquire(holder, new AcquireRequest(List.of(request), options));
  }

  @Override
  public void acquire(LeaseFile lease, boolean shared) throws Refused {
    granted(acquire(request(lease, shared), AcquireOptions.DEFAULT));
  }

  @Override
  public void acquireWithValue(LeaseFile lease) throws Refused {
    granted(acquire(request(lease, false), AcquireOptions.DEFAULT.withLvb()));
  }

  static void granted(AcquireResult result) throws Refused {
    if (result instanceof AcquireResult.Refused(var refusal)) {
      throw new Refused(
          refusal.code().number(), refusal.message(), new IllegalStateException("refused"));
    }
  }

  @Override
  public void release(LeaseFile lease) throws Refused {
    run(
        () -> {
          manager.release(holder, List.of(id(lease)));
          return lease;
        });
  }

  @Override
  public void convert(LeaseFile lease, boolean shared) throws Refused {
    HoldMode mode = shared ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
    run(() -> manager.convert(holder, id(lease), mode, false));
  }

  @Override
  public void ask(LeaseFile lease, boolean force) throws Refused {
    run(
        () -> {
          manager.request(
              location(lease), OptionalLong.empty(), force ? ForceMode.FORCE : ForceMode.GRACEFUL);
          return lease;
        });
  }

  @Override
  public void setValue(LeaseFile lease, String value) throws Refused {
    run(
        () -> {
          manager.setLvb(id(lease), value.getBytes(StandardCharsets.US_ASCII));
          return lease;
        });
  }

  @Override
  public String value(LeaseFile lease, int length) throws Refused {
    return new String(run(() -> manager.getLvb(id(lease), length)), StandardCharsets.US_ASCII);
  }

  @Override
  public void tell(String space, int hostId, long generation, long event, long data)
      throws Refused {
    run(
        () -> {
          manager.setEvent(
              Name.of(space),
              hostId,
              generation,
              event,
              data,
              EnumSet.noneOf(dev.leasehold.engine.HostEventFlag.class));
          return space;
        });
  }

  @Override
  public void listen(String space) throws Refused {
    events = run(() -> manager.subscribeEvents(Name.of(space)));
  }

  @Override
  public String heard() throws TimeoutException {
    ReceivedEvent event =
        events
            .next(Duration.ofSeconds(20))
            .orElseThrow(() -> new TimeoutException("nothing was heard"));
    return event.fromHostId()
        + " "
        + event.fromGeneration()
        + " "
        + event.event()
        + " "
        + event.data();
  }

  @Override
  public boolean holderAlive() {
    return holderProcess.isAlive();
  }

  /** Ends the engine in good order; no task of it may have failed. */
  @Override
  public void close() {
    manager.close();
    processes.close();
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("tasks of " + name() + " failed");
      failures.forEach(error::addSuppressed);
      throw error;
    }
  }
}
