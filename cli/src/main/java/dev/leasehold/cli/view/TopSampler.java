// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.area.LockspaceReader;
import dev.leasehold.cli.disk.Disk;
import dev.leasehold.cli.disk.LeaseDirectories;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at a lease directory, and at this host's daemon, again and again. Not thread-safe. */
final class TopSampler implements AutoCloseable {
  private static final int FILES_PER_LOOK = 64;
  private static final int REMEMBERED = 240;

  private final LeaseDirectory directory;
  private final TopDaemon daemon;
  private final Clock clock = HostPorts.clock();
  private final HostWatch hosts = new HostWatch(clock);
  private final LeaseWatch leases = new LeaseWatch(FILES_PER_LOOK);
  private final Deque<Duration> reads = new ArrayDeque<>();
  private Optional<LockspaceReader> lockspace = Optional.empty();
  private TopLook last;
  private boolean warm;

  TopSampler(LeaseDirectory directory, TopDaemon daemon) {
    this.directory = directory;
    this.daemon = daemon;
    this.last =
        new TopLook(
            Instant.EPOCH,
            directory.shown(),
            List.of(),
            TopLook.Counts.NONE,
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty());
  }

  /**
   * Looks.
   *
   * @throws Failure if the directory or its lockspace cannot be read
   */
  TopLook look() throws Failure {
    List<String> files = LeaseDirectories.list(directory, HostPorts.storage());
    List<RunRecord> runs = Journal.existing(directory).map(Journal::runs).orElse(List.of());
    Optional<TopLook.Daemon> joined = daemon.look(directory);
    List<HostLine> lines = hosts(files, runs, joined);
    Map<Long, HostLine> byId = new HashMap<>();
    lines.forEach(line -> byId.put(line.hostId(), line));
    Instant now = clock.wallTime();
    LeaseReader reader = new LeaseReader(directory, HostPorts.storage(), disks(runs));
    List<TopLook.Change> changes =
        leases.look(
            files,
            reader::read,
            holder -> Holding.of(holder, Optional.ofNullable(byId.get(holder.hostId())), now),
            now);
    last =
        new TopLook(
            now,
            directory.shown(),
            lines.stream().filter(line -> line.state() != HostLine.State.LEFT).toList(),
            leases.counts(),
            changes,
            joined,
            List.copyOf(reads),
            Optional.empty());
    return last;
  }

  /** As {@link #look}, but a failure is part of what is shown. */
  TopLook lookAgain() {
    try {
      return look();
    } catch (Failure e) {
      closeLockspace(); // opened anew, as it may have been replaced
      last = last.failed(clock.wallTime(), e.words());
      return last;
    }
  }

  private List<HostLine> hosts(
      List<String> files, List<RunRecord> runs, Optional<TopLook.Daemon> joined) throws Failure {
    if (!files.contains(LeaseDirectory.LOCKSPACE)) {
      closeLockspace();
      return List.of();
    }
    if (lockspace.isEmpty()) {
      lockspace = Optional.of(LockspaceReader.open(directory, HostPorts.storage()));
    }
    long start = clock.bootNanos();
    var image = lockspace.get().read();
    long took = clock.bootNanos() - start;
    if (reads.size() == REMEMBERED) {
      reads.removeFirst();
    }
    if (warm) { // the first one loads classes too
      reads.addLast(Duration.ofNanos(took));
    }
    warm = true;
    String bootId = HostPorts.processes().bootId();
    OptionalLong own =
        joined.isPresent() ? OptionalLong.of(joined.get().hostId()) : OptionalLong.empty();
    return hosts.look(image, runs, run -> run.bootId().equals(bootId), own);
  }

  private static Map<String, String> disks(List<RunRecord> runs) {
    Map<String, String> disks = new HashMap<>();
    for (RunRecord run : runs) {
      run.disks().forEach(disk -> disks.put(Disk.leaseName(disk.path()), disk.path()));
    }
    return disks;
  }

  private void closeLockspace() {
    lockspace.ifPresent(LockspaceReader::close);
    lockspace = Optional.empty();
  }

  @Override
  public void close() {
    closeLockspace();
  }
}
