// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.Reaper;
import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.linux.HostName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * Refuses at once what another run of this machine holds: the journal knows it, so there is no need
 * to join the lockspace first.
 */
final class LocalHolders {
  private final Journal journal;
  private final Processes processes;

  LocalHolders(Journal journal, Processes processes) {
    this.journal = journal;
    this.processes = processes;
  }

  /**
   * Looks at every live run.
   *
   * @throws Failure if one holds one of these disks so that it cannot be had
   */
  void refuseHeld(List<Disk> wanted) throws Failure {
    for (RunRecord run : journal.runs()) {
      if (run.phase() == RunRecord.Phase.HELD && lives(run)) {
        for (Disk disk : wanted) {
          Optional<RunRecord.HeldDisk> held = heldBy(run, disk);
          if (held.isPresent()) {
            throw refusal(disk, held.get(), run);
          }
        }
      }
    }
  }

  /**
   * Looks at runs that died while their commands live on.
   *
   * @throws Failure if one of them used one of these disks so that it cannot be had
   */
  static void refuseUnsupervised(List<Disk> wanted, List<Reaper.Unsupervised> left) throws Failure {
    for (Reaper.Unsupervised unsupervised : left) {
      for (Disk disk : wanted) {
        if (heldBy(unsupervised.run(), disk).isPresent()) {
          throw new Failure(
              ExitCode.LEASE_BUSY,
              "disk "
                  + disk.shown()
                  + " is in use: "
                  + words(unsupervised)
                  + "\nStop them first; the lease is free then.");
        }
      }
    }
  }

  /** What is the matter with such a run. */
  static String words(Reaper.Unsupervised left) {
    List<String> pids = left.processes().stream().map(id -> "pid " + id.pid()).toList();
    return "the run of "
        + Printable.line(left.run().commandLine())
        + " died, but its processes live on without it ("
        + String.join(", ", pids)
        + ")";
  }

  private static Optional<RunRecord.HeldDisk> heldBy(RunRecord run, Disk disk) {
    return run.disks().stream()
        .filter(held -> held.path().equals(disk.path()))
        .filter(held -> held.mode() == DiskMode.EXCLUSIVE || disk.mode() == DiskMode.EXCLUSIVE)
        .findFirst();
  }

  private boolean lives(RunRecord run) {
    Optional<Processes.Handle> handle = processes.find(run.supervisor());
    handle.ifPresent(Processes.Handle::close);
    return handle.isPresent() && run.bootId().equals(processes.bootId());
  }

  private static String time(LocalDateTime at) {
    return DateTimeFormatter.ISO_LOCAL_TIME.format(at);
  }

  private static Failure refusal(Disk disk, RunRecord.HeldDisk held, RunRecord run) {
    LocalDateTime since =
        LocalDateTime.ofInstant(Instant.ofEpochSecond(run.since()), ZoneId.systemDefault());
    boolean today = since.toLocalDate().equals(LocalDate.now(ZoneId.systemDefault()));
    int pid = run.command().map(ProcessId::pid).orElse(run.supervisor().pid());
    return new Failure(
        ExitCode.LEASE_BUSY,
        "disk "
            + disk.shown()
            + (held.mode() == DiskMode.SHARED ? " is in shared use by " : " is in use by ")
            + Printable.line(run.commandLine())
            + " (pid "
            + pid
            + ") on this host, "
            + Printable.line(HostName.current())
            + " (host id "
            + run.hostId()
            + ") since "
            + (today ? time(since) : since.toLocalDate() + " " + time(since))
            + "\n"
            + LeaseTaking.BUSY_REMEDY);
  }
}
