// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Giving a lease up on the disk (docs/spec/algorithms.md 3.5, 3.6): RELEASED in our own dblock, so
 * that it counts even if a slow host writes us into the leader record once more, then the leader
 * record. Can be run again and again until it has succeeded; each run starts from what the disk
 * says by then.
 *
 * <p>Not thread-safe.
 */
final class PaxosRelease {
  private final DiskSet disks;
  private final LeaseEnvironment env;
  private final Optional<HostSector> ownSector;
  private final LeaderPart leaderPart;
  private final ReleaseTerms terms;
  private boolean lvbDone;
  private boolean skipped;
  private boolean doubtful;
  private Optional<LeaderRecord> freed = Optional.empty();

  /** What is to become of the leader record. */
  sealed interface LeaderPart {

    /** Nothing: a shared lease does not show in it. */
    record Leave() implements LeaderPart {}

    /**
     * We hold the lease by this record: free it, if nobody changed it.
     *
     * @param held as it was at the end of the acquisition
     */
    record Free(LeaderRecord held) implements LeaderPart {}

    /** We do not hold the lease: free it if we wrote it and it names us all the same. */
    record Retract() implements LeaderPart {}
  }

  private PaxosRelease(
      DiskSet disks,
      LeaseEnvironment env,
      Optional<HostSector> ownSector,
      LeaderPart leaderPart,
      ReleaseTerms terms) {
    this.disks = disks;
    this.env = env;
    this.ownSector = ownSector;
    this.leaderPart = leaderPart;
    this.terms = terms;
  }

  /**
   * A release.
   *
   * @param dblock our own as it was written last; its values stay intact, because a ballot in
   *     progress may need them (3.5; 8, item 5)
   * @param mode what our sector says beside it
   */
  static PaxosRelease of(
      DiskSet disks,
      LeaseEnvironment env,
      Dblock dblock,
      ModeBlock mode,
      LeaderPart leaderPart,
      ReleaseTerms terms) {
    HostSector ownSector = new HostSector(dblock.released(), mode);
    return new PaxosRelease(disks, env, Optional.of(ownSector), leaderPart, terms);
  }

  /** A release of the leader record alone: our own sector stays as it is (3.8). */
  static PaxosRelease ofLeader(DiskSet disks, LeaseEnvironment env, LeaderRecord held) {
    return new PaxosRelease(
        disks, env, Optional.empty(), new LeaderPart.Free(held), ReleaseTerms.PLAIN);
  }

  /**
   * The same release on disks that were opened afresh since its last attempt. The name may lead to
   * another file by now, so nothing is written before this one has proved to be ours.
   */
  PaxosRelease on(DiskSet fresh) {
    fresh.adoptGeometry(disks.geometry());
    PaxosRelease release = new PaxosRelease(fresh, env, ownSector, leaderPart, terms);
    release.lvbDone = lvbDone;
    release.freed = freed;
    release.doubtful = true;
    return release;
  }

  /**
   * Makes one attempt.
   *
   * @throws LeaseException NotValidException; I/O: try again; RELEASE_LVER, RELEASE_OWNER, faults
   *     of the leader record
   */
  void run() throws LeaseException {
    if (doubtful) {
      requireOurFile();
      doubtful = false;
    }
    writeLvb();
    Optional<LeaseException> unmarked = Optional.empty();
    if (ownSector.isPresent()) {
      unmarked = writeOwnSector(ownSector.get());
    } else {
      // No write of ours has waited for the one before: what is read now could change with it.
      disks.awaitSettled();
    }
    switch (leaderPart) {
      case LeaderPart.Leave leave -> {}
      case LeaderPart.Free free -> freeHeld(free.held());
      case LeaderPart.Retract retract -> freeIfStillOurs();
    }
    if (unmarked.isPresent()) {
      throw unmarked.get();
    }
  }

  /** The leader record as we freed it, if we did. */
  Optional<LeaderRecord> freed() {
    return freed;
  }

  /** Only we write our sector, so in a file that was made anew since it is empty. */
  private void requireOurFile() throws LeaseException {
    boolean used =
        disks.readHostSectors(env.member().hostId()).stream()
            .anyMatch(sector -> !sector.dblock().isUnused() || sector.mode().isShared());
    if (!used) {
      throw new LeaseException(
          ErrorCode.RELEASE_OWNER,
          disks.name() + ": its file was removed and made anew, so there is nothing to give back");
    }
  }

  private void writeLvb() throws NotValidException {
    if (lvbDone || terms.lvb().isEmpty() || leaderPart instanceof LeaderPart.Leave) {
      return;
    }
    if (freed.isPresent()) {
      return; // Another host may have the lease by now, and have written a newer value.
    }
    try {
      Lvb.write(disks, terms.lvb().get());
      lvbDone = true;
    } catch (NotValidException e) {
      throw e;
    } catch (LeaseException e) {
      env.log().note("lock value block not written: " + e.getMessage());
    }
  }

  /**
   * Marks our dblock as released.
   *
   * @return a fault that leaves the mark to a later attempt. Others can have the lease as soon as
   *     the leader record is free, and only if a slow host writes us into it once more is the mark
   *     needed
   * @throws LeaseException if the leader record must not be freed: our mode block is needed first,
   *     or a write is in flight, and there must not be two
   */
  private Optional<LeaseException> writeOwnSector(HostSector sector) throws LeaseException {
    DiskSet.Results<LeaseArea> written = disks.writeHostSector(env.member().hostId(), sector);
    if (written.faults().isEmpty()) {
      return Optional.empty();
    }
    LeaseException fault = written.faults().getFirst();
    boolean majority = written.results().size() >= disks.majority();
    boolean hanging = written.faults().stream().anyMatch(f -> f.code() == ErrorCode.AIO_TIMEOUT);
    boolean modeCounts = leaderPart instanceof LeaderPart.Leave || sector.mode().isShared();
    if (modeCounts || (hanging && !majority)) {
      throw fault;
    }
    return majority ? Optional.empty() : Optional.of(fault);
  }

  /** Whether the leader record was left alone because another host had written it. */
  boolean skipped() {
    return skipped;
  }

  private void freeHeld(LeaderRecord held) throws LeaseException {
    LeaderRecord now;
    try {
      now = disks.readLeader();
    } catch (LeaseException e) {
      if (e.code() == ErrorCode.LEADER_RESOURCE && freed.isPresent()) {
        return; // An earlier attempt has freed and renamed it.
      }
      throw e;
    }
    skipped = writtenByAnother(now);
    if (isFreedBefore(now) || skipped) {
      return;
    }
    if (now.lver() != held.lver()) {
      throw changed(ErrorCode.RELEASE_LVER, "its version changed while we held it", now);
    }
    if (!now.equals(held) || now.isFree()) {
      throw changed(ErrorCode.RELEASE_OWNER, "its leader record changed while we held it", now);
    }
    free(now);
  }

  private void freeIfStillOurs() throws LeaseException {
    LeaderRecord now = disks.readLeader();
    boolean ours =
        now.ownerId() == env.member().hostId()
            && Long.compareUnsigned(now.ownerGeneration(), env.member().generation()) <= 0;
    if (!now.isFree() && ours && !writtenByAnother(now)) {
      free(now);
    }
  }

  /** An earlier attempt of ours took effect after all. */
  private boolean isFreedBefore(LeaderRecord now) {
    return freed.filter(now::equals).isPresent();
  }

  /** Then it is not ours to write: RELEASED in our dblock says all that is needed (3.5). */
  private boolean writtenByAnother(LeaderRecord now) {
    return now.writeId() != env.member().hostId();
  }

  private void free(LeaderRecord now) throws LeaseException {
    Optional<Name> rename = terms.rename();
    LeaderRecord free =
        now.paxosReleased(
            env.member().hostId(),
            env.member().generation(),
            env.clock().monotonicSeconds(),
            rename);
    freed = Optional.of(free);
    disks.writeLeader(free);
  }

  private LeaseException changed(ErrorCode code, String what, LeaderRecord now) {
    return new LeaseException(
        code,
        disks.name()
            + ": "
            + what
            + "; it has version "
            + Long.toUnsignedString(now.lver())
            + (now.isFree() ? " and is free" : "")
            + ", owner "
            + Long.toUnsignedString(now.ownerId())
            + ", writer "
            + Long.toUnsignedString(now.writeId()));
  }

  /** The lock value block: one sector of the first disk (5.7). */
  static final class Lvb {
    private Lvb() {}

    static void write(DiskSet disks, byte[] value) throws LeaseException {
      int sector = disks.geometry().sectorSize();
      if (value.length > sector) {
        throw new LeaseException(
            ErrorCode.E2BIG, "a lock value block has at most " + sector + " bytes");
      }
      disks.writeFirst(
          offset(disks),
          bytes -> MemorySegment.copy(MemorySegment.ofArray(value), 0, bytes, 0, value.length));
    }

    static long offset(DiskSet disks) throws LeaseException {
      if (!disks.geometry().lvbFits()) {
        throw new LeaseException(
            ErrorCode.EINVAL, disks.name() + " has no room for a lock value block");
      }
      return disks.geometry().lvbOffset();
    }
  }
}
