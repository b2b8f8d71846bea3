// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.area.LockspaceReader;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.RunRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the three commands share: a lease directory, open for looking. */
final class View implements AutoCloseable {
  private final LeaseDirectory directory;
  private final List<String> files;
  private final Optional<LockspaceReader> lockspace;
  private final Optional<HostObserver> observer;
  private final LeaseReader leases;
  private final DaemonAnswer daemon;

  private View(
      LeaseDirectory directory,
      DaemonAnswer daemon,
      List<String> files,
      Optional<LockspaceReader> lockspace,
      Optional<HostObserver> observer,
      LeaseReader leases) {
    this.directory = directory;
    this.daemon = daemon;
    this.files = files;
    this.lockspace = lockspace;
    this.observer = observer;
    this.leases = leases;
  }

  /**
   * Opens it and looks at the hosts once.
   *
   * @param daemon what this host's daemon says, asked about this directory
   * @throws Failure if the directory or its lockspace cannot be read
   */
  static View open(LeaseDirectory directory, DaemonAnswer daemon, Terminal terminal)
      throws Failure {
    loadMeanwhile();
    List<String> files = LeaseDirectories.list(directory, HostPorts.storage());
    List<RunRecord> runs = Journal.existing(directory).map(Journal::runs).orElse(List.of());
    Map<String, String> disks = new HashMap<>();
    for (RunRecord run : runs) {
      run.disks().forEach(disk -> disks.put(Disk.leaseName(disk.path()), disk.path()));
    }
    LeaseReader leases = new LeaseReader(directory, HostPorts.storage(), disks);
    if (!files.contains(LeaseDirectory.LOCKSPACE)) {
      return new View(directory, daemon, files, Optional.empty(), Optional.empty(), leases);
    }
    LockspaceReader lockspace = LockspaceReader.open(directory, HostPorts.storage());
    boolean looked = false;
    try {
      HostObserver observer =
          new HostObserver(
              lockspace,
              HostPorts.clock(),
              HostPorts.processes().bootId(),
              runs,
              terminal,
              daemon.joined());
      observer.look();
      looked = true;
      return new View(
          directory, daemon, files, Optional.of(lockspace), Optional.of(observer), leases);
    } finally {
      if (!looked) {
        lockspace.close();
      }
    }
  }

  /**
   * Half of the time until an answer goes into loading what it needs: digests and time zones on one
   * side, native calls on the other. Nothing depends on this thread.
   */
  private static void loadMeanwhile() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              Disk.leaseName("");
              HoldingText.timeOfDay(Instant.EPOCH, Instant.EPOCH);
            });
  }

  LeaseDirectory directory() {
    return directory;
  }

  /** What this host's daemon said. */
  DaemonAnswer daemon() {
    return daemon;
  }

  /** Whether a host's record is that of this host's daemon. */
  boolean isDaemons(HostLine host) {
    return daemon.said().filter(facts -> facts.isOwn(host.hostId(), host.generation())).isPresent();
  }

  /** Empty if no lockspace was made yet. */
  Optional<LockspaceReader> lockspace() {
    return lockspace;
  }

  /** Every host id that was ever used. */
  List<HostLine> hosts() {
    return observer.map(HostObserver::lines).orElse(List.of());
  }

  /** Watches all hosts until it is known which are alive. */
  void observeAll() throws Failure {
    if (observer.isPresent()) {
      observer.get().observe(id -> true);
    }
  }

  /** Watches the hosts of these holders. */
  void observe(List<HolderLine> holders) throws Failure {
    if (observer.isPresent()) {
      observer.get().observe(id -> holders.stream().anyMatch(holder -> holder.hostId() == id));
    }
  }

  /** The lease of that name; empty if it has no file. */
  Optional<LeaseLine> lease(String name) {
    return files.contains(name) ? Optional.of(leases.read(name)) : Optional.empty();
  }

  /** Every lease in the directory, by the names of the disks. */
  List<LeaseLine> leases() {
    List<LeaseLine> lines = new ArrayList<>();
    for (String file : files) {
      if (LeaseDirectory.isLeaseName(file)) {
        lines.add(leases.read(file));
      }
    }
    lines.sort(java.util.Comparator.comparing(LeaseLine::title));
    return lines;
  }

  /** A holder with its host. */
  Holding holding(HolderLine holder) {
    return Holding.of(
        holder,
        observer.flatMap(known -> known.line(holder.hostId())),
        HostPorts.clock().wallTime());
  }

  @Override
  public void close() {
    lockspace.ifPresent(LockspaceReader::close);
  }
}
