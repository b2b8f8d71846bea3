// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.lease.AbandonedHostId;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.DeltaRecords;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** What the lockspace says of runs of this machine, and the giving back of it. Thread-safe. */
public final class HostRecords {
  /** W in seconds: every sanlock host has this. */
  private static final int WATCHDOG_FIRE = 60;

  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final LeaseDirectory leases;
  private final Journal journal;
  private final String bootId;
  private final Storage storage;
  private final Clock clock;

  /**
   * @param bootId of this host now
   */
  public HostRecords(
      LeaseDirectory leases, Journal journal, String bootId, Storage storage, Clock clock) {
    this.leases = leases;
    this.journal = journal;
    this.bootId = bootId;
    this.storage = storage;
    this.clock = clock;
  }

  /**
   * Whether the lockspace has no record of this run that is not free; false if that cannot be found
   * out.
   */
  public boolean isClean(RunRecord run) {
    Duration timeout = Duration.ofSeconds(run.ioTimeout());
    try (BlockStore store = storage.open(leases.lockspacePath(), timeout)) {
      return AbandonedHostId.heldBy(area(store, timeout), LOCKSPACE, name(run), timeout).isEmpty();
    } catch (LeaseException | StorageException e) {
      return false;
    }
  }

  /**
   * Sets the records of a run free. All that belonged to the run must be dead.
   *
   * @return whether there was one
   * @throws LeaseException ESTALE if another host may be about to take the host id; I/O
   * @throws StorageException if the lockspace cannot be opened
   */
  public boolean giveBack(RunRecord run) throws LeaseException, StorageException {
    Duration timeout = Duration.ofSeconds(run.ioTimeout());
    boolean any = false;
    try (BlockStore store = storage.open(leases.lockspacePath(), timeout)) {
      LeaseArea area = area(store, timeout);
      List<Long> held = AbandonedHostId.heldBy(area, LOCKSPACE, name(run), timeout);
      for (long id : held) {
        any |=
            AbandonedHostId.giveBack(
                area,
                LOCKSPACE,
                id,
                name(run),
                unseenSeconds(run),
                WATCHDOG_FIRE,
                run.ioTimeout(),
                clock);
      }
    }
    return any;
  }

  private static LeaseArea area(BlockStore store, Duration timeout) throws LeaseException {
    Geometry geometry = DeltaRecords.probe(store, 0, 0, timeout);
    return new LeaseArea(store, 0, geometry);
  }

  private static Name name(RunRecord run) {
    return Name.ofOwner(run.owner());
  }

  /** A record of an earlier boot cannot have been taken by anybody: the journal lies beside it. */
  private OptionalLong unseenSeconds(RunRecord run) {
    if (!run.bootId().equals(bootId) && journal.survivesReboot()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.max(0, ThisHost.suspendedSeconds(clock) - run.suspendedSeconds()));
  }
}
