// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.engine.resource.fake.FakeProcesses;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** One host: the engine under test, its processes, and its view of the shared storage. */
final class FakeHost {
  final World world;
  final long id;
  final String name;
  final FakeProcesses processes;
  final FakeLockspace lockspace;
  final ResourceEngine engine;
  final List<String> heard = new ArrayList<>();

  /** Runs when a command has found the lockspace usable. */
  Runnable afterUsable = () -> {};

  /** Runs when the engine has something to say. */
  Runnable onNote = () -> {};

  FakeHost(World world, long id, long generation) {
    this(world, id, generation, World.G);
  }

  FakeHost(World world, long id, long generation, Geometry geometry) {
    this(world, id, generation, geometry, EngineConfig.of(Name.of("kvm" + id)));
  }

  /** Signs as the configuration has it. */
  FakeHost(World world, long id, EngineConfig config) {
    this(world, id, 1, World.G, config);
  }

  private FakeHost(World world, long id, long generation, Geometry geometry, EngineConfig config) {
    this.world = world;
    this.id = id;
    this.name = "kvm" + id;
    this.processes = new FakeProcesses(world.time);
    this.lockspace = new FakeLockspace(world, id, generation, geometry);
    world.deltas.put(id, new FakeDelta(world, id, config.hostName().toString(), generation));
    EnginePorts ports =
        new EnginePorts(
            world.time,
            world.time,
            world.storage.of(name),
            processes,
            new NoWatchdog(),
            new SplittableRandom(100 + id));
    this.engine =
        new ResourceEngine(ports, config, new OneLockspace(), call -> call.accept(new Ears()));
  }

  /** A new process with a registration. */
  HolderId holder(int pid) throws LeaseException {
    processes.spawn(pid);
    return engine.register(pid, Lifetime.PROCESS, HolderLabel.guest("web" + pid, Optional.empty()));
  }

  static LeaseRequest exclusive(String resource) {
    return LeaseRequest.of(World.at(resource), HoldMode.EXCLUSIVE);
  }

  static LeaseRequest shared(String resource) {
    return LeaseRequest.of(World.at(resource), HoldMode.SHARED);
  }

  static LeaseRequest created(String resource) {
    return exclusive(resource).creating(CreatePolicy.DEFAULT).forDisk("/srv/" + resource);
  }

  AcquireResult acquire(HolderId holder, AcquireOptions options, LeaseRequest... leases) {
    return engine.acquire(holder, new AcquireRequest(List.of(leases), options));
  }

  AcquireResult acquire(HolderId holder, LeaseRequest... leases) {
    return acquire(holder, AcquireOptions.DEFAULT, leases);
  }

  List<HeldLease> granted(HolderId holder, AcquireOptions options, LeaseRequest... leases) {
    return granted(acquire(holder, options, leases));
  }

  List<HeldLease> granted(HolderId holder, LeaseRequest... leases) {
    return granted(holder, AcquireOptions.DEFAULT, leases);
  }

  static List<HeldLease> granted(AcquireResult result) {
    assertThat(result).isInstanceOf(AcquireResult.Granted.class);
    return ((AcquireResult.Granted) result).leases();
  }

  Refusal refused(HolderId holder, ErrorCode code, LeaseRequest... leases) {
    return refused(acquire(holder, leases), code);
  }

  Refusal refused(HolderId holder, AcquireOptions options, ErrorCode code, LeaseRequest... leases) {
    return refused(acquire(holder, options, leases), code);
  }

  static Refusal refused(AcquireResult result, ErrorCode code) {
    assertThat(result).isInstanceOf(AcquireResult.Refused.class);
    Refusal refusal = ((AcquireResult.Refused) result).refusal();
    assertThat(refusal.code()).as(refusal.message()).isEqualTo(code);
    assertThat(refusal.message()).isNotBlank();
    return refusal;
  }

  void release(HolderId holder, String... resources) throws LeaseException {
    engine.release(holder, Stream.of(resources).map(World::id).toList());
  }

  /** The states of the resources known here, e.g. "HELD". */
  Optional<LeaseState> state(String resource) {
    return engine.snapshot().leases().stream()
        .filter(lease -> lease.where().id().equals(World.id(resource)))
        .map(LeaseSnapshot::state)
        .findFirst();
  }

  List<String> holds(HolderId holder) throws LeaseException {
    return engine.inquire(holder).stream()
        .map(lease -> lease.where().id().resource().toString())
        .toList();
  }

  /** Nothing is left here: no resource, no open file. */
  void assertClean() {
    assertThat(engine.snapshot().leases()).isEmpty();
  }

  /** The host goes down: nobody renews its delta lease any more. */
  void die() {
    world.deltas.get(id).die();
  }

  private final class OneLockspace implements LockspaceDirectory {
    @Override
    public Optional<MemberLockspace> joined(Name wanted) {
      return Optional.<MemberLockspace>of(lockspace).filter(l -> l.name().sameName(wanted));
    }

    @Override
    public List<MemberLockspace> joined() {
      return List.of(lockspace);
    }

    @Override
    public MemberLockspace usable(Name wanted) throws LeaseException {
      MemberLockspace found =
          joined(wanted)
              .orElseThrow(() -> new LeaseException(ErrorCode.ENOSPC, wanted + " is not joined"));
      found.ensureValid();
      afterUsable.run();
      return found;
    }
  }

  private final class Ears implements LeaseListener {
    @Override
    public void holderStopped(Name ls, int pid, String action) {
      heard.add(action + " for " + pid);
    }

    @Override
    public void holderStuck(Name ls, int pid) {
      heard.add("stuck " + pid);
    }

    @Override
    public void note(String words) {
      heard.add(words);
      onNote.run();
    }
  }

  private static final class NoWatchdog implements Watchdog {
    @Override
    public boolean protects() {
      return false;
    }

    @Override
    public String description() {
      return "none";
    }

    @Override
    public Test open(String name) {
      throw new AssertionError("nobody opens the watchdog here");
    }
  }
}
