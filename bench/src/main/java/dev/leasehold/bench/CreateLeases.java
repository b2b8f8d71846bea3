// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.Engine;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes and takes many leases in a lease directory, as for guests with eight disks each: {@code
 * CreateLeases DIR COUNT GUESTS}, so many guests at once. For {@code bench/cleanup}.
 */
public final class CreateLeases {
  private static final String SPACE = "__LIBVIRT__DISKS__";
  private static final int DISKS = 8;

  private CreateLeases() {}

  /** Prints the seconds for the first COUNT leases of this JVM, and for as many more. */
  public static void main(String[] args) throws LeaseException {
    LinuxClock clock = new LinuxClock();
    VirtualTasks tasks =
        new VirtualTasks(clock, (task, failure) -> System.err.println(task + ": " + failure));
    try (LinuxProcesses processes = new LinuxProcesses(tasks)) {
      EnginePorts ports =
          new EnginePorts(
              clock, tasks, new LinuxStorage(), processes, new NoWatchdog(), new Random());
      EngineConfig config = EngineConfig.of(Name.of("create-leases")).withIoTimeout(1);
      try (LeaseManager manager = Engine.start(ports, config)) {
        String lockspace = args[0] + "/" + SPACE;
        manager.addLockspace(
            Name.of(SPACE), lockspace, 0, AutoHostId.ANY, JoinOptions.DEFAULT.withIoTimeout(1));
        int guests = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[1]);
        double first = make(manager, args[0], 0, count, guests);
        double second = make(manager, args[0], count, 2 * count, guests);
        System.out.printf(Locale.ROOT, "%.2f %.2f%n", first, second);
      }
    }
  }

  private static double make(LeaseManager manager, String directory, int from, int to, int width) {
    AtomicInteger next = new AtomicInteger(from);
    List<LeaseSession> sessions = new CopyOnWriteArrayList<>();
    Callable<Boolean> starter =
        () -> {
          for (int at = next.getAndAdd(DISKS); at < to; at = next.getAndAdd(DISKS)) {
            LeaseSession guest = manager.session(HolderLabel.command("bench"));
            sessions.add(guest);
            guest.acquire(
                requests(directory, at, Math.min(to, at + DISKS)), AcquireOptions.DEFAULT);
          }
          return true;
        };
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (Future<Boolean> ended : starters.invokeAll(Collections.nCopies(width, starter))) {
        ended.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      sessions.forEach(LeaseSession::close);
    }
  }

  private static List<LeaseRequest> requests(String directory, int first, int end) {
    List<LeaseRequest> leases = new ArrayList<>();
    for (int i = first; i < end; i++) {
      leases.add(request(directory, String.format(Locale.ROOT, "%032x", i)));
    }
    return leases;
  }

  private static LeaseRequest request(String directory, String name) {
    DiskLocation place = DiskLocation.of(directory + "/" + name);
    ResourceLocation where = ResourceLocation.of(ResourceId.of(SPACE, name), place);
    return LeaseRequest.of(where, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT);
  }
}
