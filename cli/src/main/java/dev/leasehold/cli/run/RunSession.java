// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.HostRecords;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.OwnerName;
import dev.leasehold.cli.local.Reaper;
import dev.leasehold.cli.local.RunEntry;
import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.cli.local.ThisHost;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One run from its start to its end: what comes before the engine, and what comes after it. */
final class RunSession {
  /** How long a command whose run has just been killed may take to end. */
  private static final int GUARD_POLLS = 30;

  private static final long GUARD_POLL_MILLIS = 100;

  private final RunOptions options;
  private final Terminal terminal;

  RunSession(RunOptions options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** The exit code. */
  int run() throws Failure {
    LeaseDirectory directory = options.directory();
    LeaseDirectories.makeIfDefault(directory);
    List<String> files = LeaseDirectories.list(directory, HostPorts.storage());
    remarkDisks();
    Journal journal = Journal.of(directory);
    HostRecords records = HostPorts.records(directory, journal);
    Reaper reaper = new Reaper(journal, directory, records, HostPorts.processes());
    List<Reaper.Unsupervised> unsupervised = reap(reaper);
    if (options.patience().isEmpty()) {
      LocalHolders.refuseUnsupervised(options.leasedDisks(), unsupervised);
      new LocalHolders(journal, HostPorts.processes()).refuseHeld(options.leasedDisks());
    }
    unsupervised.forEach(left -> remark(LocalHolders.words(left) + ": its leases stay held"));
    if (!files.contains(LeaseDirectory.LOCKSPACE)) {
      LockspaceFile.make(directory, HostPorts.storage(), options.ioTimeout());
    }
    if (!directory.isDefault()) {
      remark(
          "no watchdog is configured: nothing resets this host if the leases are lost and a process"
              + " cannot be killed");
    }
    try (RunEntry entry = journal.enter(record())) {
      return Supervision.run(options, terminal, journal, entry, reaper, records);
    }
  }

  private RunRecord record() {
    return new RunRecord(
        HostPorts.processes().bootId(),
        ThisHost.suspendedSeconds(HostPorts.clock()),
        ThisHost.pidNamespace(),
        HostPorts.processes().self(),
        OwnerName.unique(),
        options.directory().path(),
        0,
        0,
        options.ioTimeout(),
        HostPorts.clock().wallTime().getEpochSecond(),
        RunRecord.Phase.JOINING,
        Optional.empty(),
        options.commandLine(),
        options.leasedDisks().stream().map(RunSession::held).toList());
  }

  private static RunRecord.HeldDisk held(Disk disk) {
    return new RunRecord.HeldDisk(disk.mode(), disk.path());
  }

  /**
   * Gives back what dead runs of this machine left. The command of a run that was killed a moment
   * ago may still be dying: that is waited for.
   */
  private List<Reaper.Unsupervised> reap(Reaper reaper) throws Failure {
    Reaper.Report report = reaper.reap();
    for (int i = 0; i < GUARD_POLLS && !report.unsupervised().isEmpty(); i++) {
      Waits.millis(GUARD_POLL_MILLIS);
      report = reaper.reap();
    }
    report.remarks().forEach(this::remark);
    return report.unsupervised();
  }

  private void remark(String words) {
    if (!options.quiet()) {
      terminal.say(words);
    }
  }

  /** Names that may not mean what the user thinks. */
  private void remarkDisks() {
    for (Disk disk : options.disks()) {
      Path path = Path.of(disk.path());
      if (Files.isSymbolicLink(path)) {
        remark(
            "disk "
                + disk.shown()
                + " is a symbolic link: the lease goes by this name, and whoever names the disk"
                + " otherwise gets another lease (see --identity)");
      } else if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        remark("disk " + disk.shown() + " does not exist (yet): check that its name is right");
      }
    }
  }
}
