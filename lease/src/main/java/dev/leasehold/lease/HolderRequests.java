// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.RequestRecord;
import dev.leasehold.storage.Block;
import java.util.List;
import java.util.Optional;

/**
 * Requests to the holder of a lease: written by a host that wants it, examined by the one that has
 * it (docs/spec/algorithms.md 3.9). Only the first disk of a lease has a request record.
 *
 * <p>Not thread-safe: one call per lease at a time.
 */
public final class HolderRequests {
  private final DiskSet disks;

  /**
   * The requests of one lease.
   *
   * @param disk the lease's first disk
   * @param firstGuess the lockspace's sizes
   */
  public HolderRequests(Name resource, LeaseDisk disk, Geometry firstGuess, LeaseEnvironment env) {
    try {
      this.disks = new DiskSet(List.of(disk), resource, firstGuess, env);
    } catch (LeaseException e) {
      throw new AssertionError("one disk is a valid number", e);
    }
  }

  /** What became of a request. */
  public sealed interface Outcome {
    /** Nobody holds the lease exclusively; nothing was written. */
    record Free() implements Outcome {}

    /**
     * The request is on the disk: the owner's notification bit is to be set now.
     *
     * @param ownerId host id
     * @param lver the version asked for
     */
    record Written(long ownerId, long lver) implements Outcome {}

    /** The request that was there is erased. */
    record Cleared() implements Outcome {}
  }

  /**
   * Writes a request.
   *
   * @param lver the version asked for, or 0; 0 together with {@link RequestRecord#NONE} erases
   * @param nextLver with {@code lver} 0: ask for the version after the current one
   * @param forceMode {@link RequestRecord#FORCE}, {@link RequestRecord#GRACEFUL} or NONE
   * @throws LeaseException REQUEST_OLD, REQUEST_LVER, REQUEST_MAGIC, REQUEST_VERSION, LEADER_*;
   *     I/O; what {@link ValidityCheck} threw
   */
  public Outcome request(long lver, boolean nextLver, int forceMode) throws LeaseException {
    if (lver == 0 && forceMode == RequestRecord.NONE) {
      read().verify();
      write(RequestRecord.request(0, RequestRecord.NONE));
      return new Outcome.Cleared();
    }
    LeaderRecord leader = disks.readLeader();
    disks.adoptGeometry(Geometry.ofLeader(leader.flags(), leader.sectorSize()));
    if (leader.isFree()) {
      return new Outcome.Free();
    }
    long wanted = lver == 0 && nextLver ? leader.lver() + 1 : lver;
    if (Long.compareUnsigned(leader.lver(), wanted) >= 0) {
      throw new LeaseException(
          ErrorCode.REQUEST_OLD,
          disks.name() + ": its version is already " + Long.toUnsignedString(leader.lver()));
    }
    RequestRecord present = read();
    present.verify();
    if (Long.compareUnsigned(present.lver(), wanted) > 0) {
      throw new LeaseException(
          ErrorCode.REQUEST_LVER,
          disks.name()
              + ": version "
              + Long.toUnsignedString(present.lver())
              + " is requested already");
    }
    write(RequestRecord.request(wanted, forceMode));
    return new Outcome.Written(leader.ownerId(), wanted);
  }

  /**
   * Looks for a request to act on.
   *
   * @param heldLver version of the lease that we hold
   * @return a well-formed request with a force mode for a version above {@code heldLver}
   * @throws LeaseException I/O
   */
  public Optional<RequestRecord> examine(long heldLver) throws LeaseException {
    RequestRecord found = read();
    try {
      found.verify();
    } catch (LeaseException e) {
      return Optional.empty();
    }
    boolean asks =
        found.forceMode() != RequestRecord.NONE
            && found.lver() != 0
            && Long.compareUnsigned(found.lver(), heldLver) > 0;
    return asks ? Optional.of(found) : Optional.empty();
  }

  private RequestRecord read() throws LeaseException {
    LeaseArea area = disks.firstArea();
    try (Block block = area.readSector(disks.geometry().requestOffset(), disks.timeout())) {
      return RequestRecord.decode(block.bytes(), 0);
    }
  }

  private void write(RequestRecord record) throws LeaseException {
    int sectorSize = disks.geometry().sectorSize();
    disks.writeFirst(
        disks.geometry().requestOffset(), sector -> record.encodeSector(sector, 0, sectorSize));
  }
}
