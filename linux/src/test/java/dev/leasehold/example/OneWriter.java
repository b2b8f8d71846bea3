// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.example;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.JoinOptions.OnLoss;
import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseRefusedException;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.HostName;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A program of which only one instance may write, on whatever host of the cluster it runs:
 *
 * <pre>java … dev.leasehold.example.OneWriter DIRECTORY</pre>
 *
 * where DIRECTORY is on storage that all hosts share.
 */
public final class OneWriter implements LeaseListener {

  private static final Name LOCKSPACE = Name.of("billing");

  private final Consumer<String> out;
  private volatile boolean stop;

  /**
   * A writer.
   *
   * @param out told what happens
   */
  public OneWriter(Consumer<String> out) {
    this.out = out;
  }

  /** Runs it with the usual timeouts for a thousand steps. */
  public static void main(String[] args) throws LeaseException {
    new OneWriter(System.out::println).run(Path.of(args[0]).toAbsolutePath(), 10, 1000);
  }

  /**
   * Joins, acquires, writes, lets readers in, gives everything back.
   *
   * @param shared directory on shared storage
   * @param ioTimeout seconds; the same on all hosts is best
   */
  public void run(Path shared, int ioTimeout, int steps) throws LeaseException {
    try (LeaseManager manager = Engine.start(ports(), config(ioTimeout))) {
      manager.addListener(this);
      join(manager, shared.resolve("billing.lockspace").toString());
      try (LeaseSession session = manager.session(HolderLabel.command("billing"))) {
        Lease lease = session.acquire(journal(shared.resolve("journal.lease").toString()));
        out.accept("acquired, version " + lease.lver());
        write(lease, steps);
        lease.convert(HoldMode.SHARED);
        out.accept("shared");
        lease.release();
        out.accept("released");
      }
    } catch (LeaseRefusedException e) {
      out.accept("refused: " + e.detail());
    }
  }

  private static EnginePorts ports() {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks =
        new VirtualTasks(clock, (task, failure) -> System.err.println(task + ": " + failure));
    return new EnginePorts(
        clock,
        tasks,
        new LinuxStorage(),
        new LinuxProcesses(tasks),
        new NoWatchdog(),
        new SplittableRandom());
  }

  private static EngineConfig config(int ioTimeout) {
    // A new name at every start: an earlier instance that may still run is not mistaken for us.
    Name unique = Name.ofOwner(UUID.randomUUID() + "." + HostName.current());
    return EngineConfig.of(unique).withNodeName(HostName.current()).withIoTimeout(ioTimeout);
  }

  private static void join(LeaseManager manager, String area) throws LeaseException {
    // Only the first host of all makes it; the others find it.
    manager.createLockspace(new LockspaceFormat(LOCKSPACE, area, 0, Geometry.SECTOR_512, 0));
    manager.addLockspace(
        LOCKSPACE, area, 0, AutoHostId.ANY, JoinOptions.DEFAULT.withOnLoss(OnLoss.TELL_THEN_KILL));
  }

  private static LeaseRequest journal(String file) {
    ResourceId id = new ResourceId(LOCKSPACE, Name.of("journal"));
    ResourceLocation where = ResourceLocation.of(id, DiskLocation.of(file));
    return LeaseRequest.of(where, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT);
  }

  private void write(Lease lease, int steps) throws LeaseException {
    for (int step = 1; step <= steps && !stop; step++) {
      // After any pause (garbage collection, suspend) this says no before anything is written.
      lease.ensureValid();
      writeOneRecord(step, lease.lver());
    }
  }

  /** Short against the time between {@link #atRisk} and {@link #lost}. */
  private void writeOneRecord(int step, long fencingToken) {
    out.accept("step " + step + " under version " + fencingToken);
  }

  @Override
  public void atRisk(Name lockspace, Duration remaining) {
    out.accept("at risk: " + remaining.toSeconds() + " s left");
    stop = true;
  }

  @Override
  public void lost(Name lockspace, LossReason reason, String words) {
    if (reason == LossReason.EXPIRED || reason == LossReason.CORRUPT) {
      out.accept("lost: " + words);
      stop = true;
    }
  }
}
