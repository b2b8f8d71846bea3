// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives back the leases of runs of this machine that died without doing so, once it is certain that
 * they and their commands are gone (docs/decisions/0005-run-hosts-and-local-journal.md).
 */
public final class Reaper {
  private static final int ENOENT = 2;

  private final Journal journal;
  private final LeaseDirectory leases;
  private final HostRecords records;
  private final Processes processes;

  /** For the runs of one lease directory. */
  public Reaper(Journal journal, LeaseDirectory leases, HostRecords records, Processes processes) {
    this.journal = journal;
    this.leases = leases;
    this.records = records;
    this.processes = processes;
  }

  /**
   * What was found.
   *
   * @param givenBack runs whose leases are free now
   * @param unsupervised runs that are dead while processes of their command still live: their
   *     leases stay
   * @param remarks what could not be done and why
   */
  public record Report(
      List<RunRecord> givenBack, List<Unsupervised> unsupervised, List<String> remarks) {}

  /** A command that lives without its run. */
  public record Unsupervised(RunRecord run, List<ProcessId> processes) {}

  /**
   * Looks at every run but the live ones.
   *
   * @throws Failure if the journal cannot be read
   */
  public Report reap() throws Failure {
    Report report = new Report(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      for (String owner : journal.owners()) {
        Optional<LockFile> lock = journal.tryLock(owner);
        if (lock.isPresent()) {
          try (LockFile _ = lock.get()) {
            Optional<RunRecord> run = journal.read(owner);
            if (run.isPresent()) {
              reap(run.get(), report);
            }
          }
        }
      }
    } catch (IOException e) {
      throw journal.unwritable(e);
    }
    return report;
  }

  private void reap(RunRecord run, Report report) throws IOException {
    boolean sameBoot = run.bootId().equals(processes.bootId());
    if (!sameBoot && !journal.survivesReboot()) {
      journal.remove(run.owner());
      return;
    }
    if (sameBoot) {
      if (run.pidNamespace() != ThisHost.pidNamespace()) {
        return; // its processes cannot be seen from here
      }
      if (mayLive(run, report)) {
        return;
      }
      if (mayHaveWritesInFlight(run)) {
        return; // free when the time has passed that every host waits
      }
    }
    giveBack(run, report);
  }

  /** Its command or whatever that has left running. */
  private boolean mayLive(RunRecord run, Report report) {
    try (RunProcesses.Found found = new RunProcesses(processes).find(run.owner(), run.command())) {
      if (!found.alive().isEmpty()) {
        List<ProcessId> ids = found.alive().stream().map(Processes.Handle::id).toList();
        report.unsupervised().add(new Unsupervised(run, ids));
      } else {
        found.doubt().ifPresent(why -> report.remarks().add(remark(run, unknown(why))));
      }
      return !found.nobody();
    }
  }

  private static String unknown(String why) {
    return "it cannot be told whether its command still lives (" + why + ")";
  }

  private boolean mayHaveWritesInFlight(RunRecord run) {
    boolean wroteToLeases =
        switch (run.phase()) {
          case JOINING, HELD -> false;
          case ACQUIRING, RELEASING -> true;
        };
    return wroteToLeases && !LocalFileSystem.contains(Path.of(leases.path()));
  }

  private void giveBack(RunRecord run, Report report) throws IOException {
    try {
      if (records.giveBack(run)) {
        report.givenBack().add(run);
      }
      journal.remove(run.owner());
    } catch (LeaseException e) {
      report.remarks().add(remark(run, String.valueOf(e.getMessage())));
      if (e.code() == ErrorCode.ESTALE) {
        journal.remove(run.owner());
      }
    } catch (StorageException e) {
      if (e.errno() == ENOENT) {
        journal.remove(run.owner());
      } else {
        report.remarks().add(remark(run, String.valueOf(e.getMessage())));
      }
    }
  }

  private static String remark(RunRecord run, String why) {
    return "the leases of an earlier run that died (\""
        + run.commandLine()
        + "\") could not be given back: "
        + why;
  }
}
