// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.Reaper;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.HoldMode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes the leases of a run, all or none. */
final class LeaseTaking {
  static final String BUSY_REMEDY =
      "Stop it there first, or let this command wait for it with --wait SECONDS.";

  /** 256 sectors to read for an acquisition; there is one host id for each run. */
  private static final int USUAL_MAX_HOSTS = 254;

  private final RunOptions options;
  private final LeaseManager manager;
  private final Reaper reaper;
  private final Terminal terminal;
  private final Clock clock;

  LeaseTaking(
      RunOptions options, LeaseManager manager, Reaper reaper, Terminal terminal, Clock clock) {
    this.options = options;
    this.manager = manager;
    this.reaper = reaper;
    this.terminal = terminal;
    this.clock = clock;
  }

  /**
   * Takes them in the name of this holder.
   *
   * @return why not, if it did not
   */
  Optional<Refusal> take(HolderId holder) {
    WaitReport report = new WaitReport(terminal, clock, options.quiet());
    AcquireOptions how = AcquireOptions.DEFAULT.reportingTo(report);
    if (options.patience().isPresent()) {
      how = how.waitingUpTo(options.patience().get());
    }
    List<LeaseRequest> requests = options.leasedDisks().stream().map(this::request).toList();
    CountDownLatch decided = new CountDownLatch(1);
    Thread.ofVirtual().name("reaper").start(() -> reapUntil(decided));
    try (Ticker _ = Ticker.start(terminal, options.quiet(), report::line)) {
      return switch (manager.acquire(holder, new AcquireRequest(requests, how))) {
        case AcquireResult.Granted _ -> Optional.empty();
        case AcquireResult.Refused refused -> Optional.of(refused.refusal());
      };
    } finally {
      decided.countDown();
    }
  }

  private LeaseRequest request(Disk disk) {
    LeaseDirectory directory = options.directory();
    ResourceId id = ResourceId.of(LeaseDirectory.LOCKSPACE, disk.leaseName());
    DiskLocation place = DiskLocation.of(directory.leasePath(disk.leaseName()));
    HoldMode mode = disk.mode() == DiskMode.SHARED ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
    return LeaseRequest.of(ResourceLocation.of(id, place), mode)
        .creating(policy())
        .forDisk(disk.path());
  }

  private CreatePolicy policy() {
    if (options.maxHosts().isEmpty()) {
      return CreatePolicy.DEFAULT.withMinHosts(USUAL_MAX_HOSTS);
    }
    int hosts = (int) options.maxHosts().getAsLong();
    return CreatePolicy.DEFAULT.withMinHosts(hosts).withMaxHosts(hosts);
  }

  /** A run of this machine that dies while it is waited for: its leases are given back at once. */
  private void reapUntil(CountDownLatch decided) {
    try {
      while (!decided.await(1, TimeUnit.SECONDS)) {
        reaper.reap();
      }
    } catch (InterruptedException | Failure e) {
      // Then the wait takes as long as for a host of another machine.
    }
  }

  /** A refusal as the end of the run. */
  static Failure failure(Refusal refusal) {
    ExitCode code = Faults.exitCode(refusal.code());
    String remedy = code == ExitCode.LEASE_BUSY ? BUSY_REMEDY : refusal.code().remedy();
    return new Failure(code, refusal.message() + "\n" + remedy);
  }
}
