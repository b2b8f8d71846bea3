// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.JoinOptions.OnLoss;
import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseRefusedException;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.StorageException;
import java.util.Random;
import java.util.UUID;

/**
 * One host of the verification: an engine that contends, a sector that beats, eyes on all others.
 */
final class Participant implements AutoCloseable {
  private static final int MOST_PAUSE_MILLIS = 10;

  private final Session session;
  private final Findings findings;
  private final LeaseManager manager;
  private final Random random = new Random();
  private long hostId;
  private volatile long sections;
  private volatile Stamp last = new Stamp(Stamp.ALIVE, 0, 0, 0, 0);

  private Participant(Session session, Findings findings, LeaseManager manager) {
    this.session = session;
    this.findings = findings;
    this.manager = manager;
  }

  /** Joins; takes two io timeouts. */
  static Participant join(Session session, int ioTimeout, Findings findings) throws Failure {
    Name name = Name.ofOwner(UUID.randomUUID() + "." + HostName.current());
    LeaseManager manager = HostPorts.engine(EngineConfig.of(name).withIoTimeout(ioTimeout));
    boolean joined = false;
    try {
      session.make(manager);
      Participant participant = new Participant(session, findings, manager);
      participant.hostId =
          manager
              .addLockspace(
                  Session.LOCKSPACE,
                  session.lockspace(),
                  0,
                  AutoHostId.ANY,
                  JoinOptions.DEFAULT.withOnLoss(OnLoss.TELL_THEN_KILL))
              .spec()
              .hostId();
      joined = true;
      return participant;
    } catch (LeaseException e) {
      throw Faults.of(session.lockspace(), e);
    } finally {
      if (!joined) {
        manager.close();
      }
    }
  }

  long hostId() {
    return hostId;
  }

  /** How many sections this one has seen. */
  long sections() {
    return sections;
  }

  /** Starts its threads. */
  void start() {
    findings.start("visibility", "a write is seen by the next read, whoever reads", this::beat);
    findings.start("exclusion", "critical sections under a lease never overlap", this::contend);
  }

  /** Writes its sector again and again, and looks for it through another open file. */
  private void beat() throws Files512.Unsound, InterruptedException {
    try (Files512 writer = open(session.board());
        Files512 reader = open(session.board())) {
      long number = 0;
      while (!findings.isOver()) {
        number++;
        Stamp stamp = new Stamp(Stamp.ALIVE, number, hostId, sections, System.nanoTime());
        writer.write(place(), stamp);
        last = stamp;
        Stamp.Content seen = reader.read(place());
        if (!seen.equals(new Stamp.Content.Whole(stamp))) {
          throw new Files512.Unsound(
              seen instanceof Stamp.Content.Torn ? "sector-atomicity" : "visibility",
              "number " + number + " was written, and a read that began after it found " + seen);
        }
        Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
      }
      writer.write(
          place(), new Stamp(Stamp.FINISHED, number + 1, hostId, sections, System.nanoTime()));
    }
  }

  private long place() {
    return hostId % Session.PLACES;
  }

  /** What it wrote last. */
  Stamp lastWritten() {
    return last;
  }

  private Files512 open(String path) throws Files512.Unsound {
    try {
      return Files512.open(HostPorts.storage(), path, findings.reads, findings.writes);
    } catch (StorageException e) {
      throw new Files512.Unsound("io", String.valueOf(e.getMessage()));
    }
  }

  /** Takes the lease as often as it can. */
  private void contend() throws Files512.Unsound, InterruptedException {
    try (Files512 file = open(session.journal());
        LeaseSession holder = manager.session(HolderLabel.command("verify-storage"))) {
      Journal journal = new Journal(file);
      while (!findings.isOver() && !journal.isFull()) {
        try {
          Lease lease = holder.acquire(request());
          journal.section(hostId, lease.lver());
          lease.ensureValid();
          sections = journal.sections();
          lease.release();
        } catch (LeaseRefusedException e) {
          requireBusy(e);
        }
        Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
      }
    } catch (LeaseException e) {
      throw new Files512.Unsound("leases", String.valueOf(e.getMessage()));
    }
  }

  private static void requireBusy(LeaseRefusedException e) throws Files512.Unsound {
    if (Faults.exitCode(e.code()) != dev.leasehold.cli.ExitCode.LEASE_BUSY
        && e.code() != ErrorCode.ACQUIRE_OWNED_RETRY) {
      throw new Files512.Unsound("leases", e.detail());
    }
  }

  private LeaseRequest request() {
    return LeaseRequest.of(
            ResourceLocation.of(
                new ResourceId(Session.LOCKSPACE, Name.of("contended")),
                DiskLocation.of(session.lease())),
            HoldMode.EXCLUSIVE)
        .creating(CreatePolicy.DEFAULT.withMinHosts(Session.PLACES));
  }

  @Override
  public void close() {
    manager.close();
  }
}
