// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireProgress;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code leasehold demo-host}, which help does not list: one host of the demonstration. Reads
 * {@code start GUEST}, {@code take GUEST} (which waits) and {@code stop}, answers with a line each,
 * ends with its input.
 */
public final class DemoHostCommand implements Command {
  /** Its name. */
  public static final String NAME = "demo-host";

  /** N of the demonstration. */
  static final int IO_TIMEOUT = 1;

  /** W of the demonstration; 60 for real. */
  static final int WATCHDOG = 5;

  /** More than a dead host can take. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int NOTE_LOOKS = 250;
  private static final int NOTE_LOOK_MILLIS = 20;

  private static final String LOCKSPACE = LeaseDirectory.LOCKSPACE;

  private record Running(HolderId holder, Process guest) {}

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        NAME,
        "be a host of the demonstration",
        List.of("For \"leasehold demo\"."),
        List.of(),
        List.of("DIR", "NAME", "ID"),
        Optional.empty(),
        List.of());
  }

  @Override
  public int run(Arguments arguments, Terminal terminal) throws Failure {
    Path directory = Path.of(arguments.operands().get(0));
    String name = arguments.operands().get(1);
    long id = Long.parseLong(arguments.operands().get(2));
    EngineConfig config =
        EngineConfig.of(Name.ofOwner(name))
            .withIoTimeout(IO_TIMEOUT)
            .withWatchdog(WATCHDOG, WATCHDOG);
    try (LeaseManager manager = HostPorts.engine(config)) {
      String area = directory.resolve(LOCKSPACE).toString();
      manager.createLockspace(
          new LockspaceFormat(Name.of(LOCKSPACE), area, 0, Geometry.SECTOR_512, 0));
      manager.addLockspace(LockspaceSpec.of(LOCKSPACE, id, area), JoinOptions.DEFAULT);
      answer(terminal, "joined");
      new DemoHostCommand().serve(manager, directory, terminal);
    } catch (LeaseException e) {
      throw Faults.of(directory.toString(), e);
    } catch (IOException e) {
      throw new Failure(ExitCode.INTERNAL, Faults.words(e), e);
    }
    return ExitCode.OK.number();
  }

  private static void answer(Terminal terminal, String line) {
    terminal.print(line.replace('\n', ' ') + "\n");
    terminal.flush();
  }

  private void serve(LeaseManager manager, Path directory, Terminal terminal)
      throws IOException, LeaseException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    AcquireOptions plain = AcquireOptions.DEFAULT;
    AcquireOptions patient = plain.waitingUpTo(PATIENCE).reportingTo(new Waits(terminal));
    Optional<Running> running = Optional.empty();
    String line = in.readLine();
    while (line != null) {
      if (line.startsWith("start ")) {
        running = start(manager, directory, line.substring("start ".length()), plain, terminal);
      } else if (line.startsWith("take ")) {
        running = start(manager, directory, line.substring("take ".length()), patient, terminal);
      } else if (running.isPresent()) {
        stop(manager, running.get());
        running = Optional.empty();
        answer(terminal, "stopped");
      }
      line = in.readLine();
    }
    if (running.isPresent()) {
      stop(manager, running.get());
    }
  }

  /** The guest waits behind a gate until the lease is on the disk, as libvirt's guests do. */
  private static Optional<Running> start(
      LeaseManager manager, Path directory, String name, AcquireOptions how, Terminal terminal)
      throws IOException, LeaseException {
    String disk = directory.resolve("disk.img").toString();
    Process guest = Guest.behindGate(name, disk, directory.resolve("guest.log"));
    HolderId holder =
        manager.register(
            (int) guest.pid(), Lifetime.CONNECTION, HolderLabel.guest(name, Optional.empty()));
    LeaseRequest lease = request(directory, disk);
    if (Files.exists(directory.resolve(Disk.leaseName(disk)))) {
      awaitNote(manager, lease);
    }
    AcquireRequest request = new AcquireRequest(List.of(lease), how);
    switch (manager.acquire(holder, request)) {
      case AcquireResult.Granted _ -> {
        Guest.open(guest);
        answer(terminal, "granted " + guest.pid());
        return Optional.of(new Running(holder, guest));
      }
      case AcquireResult.Refused refused -> {
        guest.destroyForcibly();
        manager.unregister(holder);
        answer(terminal, "refused " + refused.refusal().message());
        return Optional.empty();
      }
    }
  }

  /** A holder is noted down a moment after it has the lease, and a refusal is to say who it is. */
  private static void awaitNote(LeaseManager manager, LeaseRequest lease)
      throws IOException, LeaseException {
    for (int look = 0; look < NOTE_LOOKS; look++) {
      if (manager.whoHolds(lease.where()).stream().allMatch(held -> held.who().isPresent())) {
        return;
      }
      try {
        Thread.sleep(NOTE_LOOK_MILLIS);
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted while waiting for the note of a holder");
      }
    }
  }

  private static LeaseRequest request(Path directory, String disk) {
    String lease = Disk.leaseName(disk);
    return LeaseRequest.of(
            ResourceLocation.of(
                ResourceId.of(LOCKSPACE, lease),
                DiskLocation.of(directory.resolve(lease).toString())),
            HoldMode.EXCLUSIVE)
        .creating(CreatePolicy.DEFAULT)
        .forDisk(disk);
  }

  private static void stop(LeaseManager manager, Running running) throws LeaseException {
    Guest.end(running.guest());
    manager.releaseAll(running.holder());
    manager.unregister(running.holder());
  }

  private record Waits(Terminal terminal) implements AcquireProgress {
    @Override
    public void waitingForDeadHost(LeaseRequest lease, OwnerWait wait) {
      long left = wait.untilBootNanos() - HostPorts.clock().bootNanos();
      answer(terminal, "waiting " + Duration.ofNanos(Math.max(0, left)).toMillis() + " ms at most");
    }

    @Override
    public void waitingForHolder(Refusal refusal, long untilBootNanos) {
      // Said by the other one, with the time that matters.
    }
  }
}
