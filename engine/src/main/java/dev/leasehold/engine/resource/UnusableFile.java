// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.AcquireException;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import java.util.Optional;

/**
 * Says what is wrong with a lease file that holds no usable lease, and what to do about it. Such a
 * file is never overwritten or repaired: another host may be about to finish or to remove it.
 */
final class UnusableFile {
  /** The file may be finished, or removed, by another host in a moment. */
  static final class Changing extends LeaseException {
    private static final long serialVersionUID = 1L;

    Changing(ErrorCode code, String detail) {
      super(code, detail);
    }
  }

  boolean mayChange(LeaseException explained) {
    return explained instanceof Changing;
  }

  /**
   * The same fault in words that name the file and the remedy, where it is about the file.
   *
   * @param managed the lease file is one that is made when missing, so removing it is a remedy
   */
  LeaseException explain(Entry entry, OpenLease open, AcquireException e, boolean managed) {
    String path = entry.where.disks().getFirst().path();
    String remedy =
        managed
            ? "; if no host uses the lease, remove the file, and it is made anew"
            : "; initialise the lease if no host uses it";
    return switch (e.code()) {
      case EMSGSIZE -> new Changing(e.code(), path + " is empty or too short for a lease" + remedy);
      case LEADER_MAGIC -> noLease(entry, open, path, remedy).orElse(e);
      case LEADER_NUMHOSTS ->
          head(entry, open)
              .<LeaseException>map(
                  leader ->
                      new LeaseException(
                          e.code(),
                          NumHosts.tooFew(path, leader.numHosts(), entry.member.hostId())))
              .orElse(e);
      case LEADER_LOCKSPACE,
          LEADER_RESOURCE,
          LEADER_VERSION,
          LEADER_CHECKSUM,
          LEADER_SECTORSIZE,
          DBLOCK_CHECKSUM ->
          new LeaseException(e.code(), path + ": " + e.detail() + "; " + e.code().remedy());
      default -> e;
    };
  }

  private static Optional<LeaseException> noLease(
      Entry entry, OpenLease open, String path, String remedy) {
    return head(entry, open)
        .map(
            leader -> {
              if (leader.magic() == LeaderRecord.CLEARED_MAGIC) {
                return new Changing(
                    ErrorCode.LEADER_MAGIC,
                    path + " was given up for removal but is still there" + remedy);
              }
              if (leader.magic() == LeaderRecord.PAXOS_MAGIC) {
                // Between the two looks its maker has come to an end.
                return new Changing(
                    ErrorCode.LEADER_MAGIC, path + " was being made a moment ago; try again");
              }
              return leader.magic() == 0
                  ? new Changing(ErrorCode.LEADER_MAGIC, path + " is empty: all zero" + remedy)
                  : new LeaseException(
                      ErrorCode.LEADER_MAGIC, path + " is not a lease file" + remedy);
            });
  }

  private static Optional<LeaderRecord> head(Entry entry, OpenLease open) {
    try (Block block =
        open.firstArea(entry.member.geometry()).readSector(0, entry.member.timing().io())) {
      return Optional.of(LeaderRecord.decode(block.bytes(), 0));
    } catch (LeaseException unreadable) {
      return Optional.empty();
    }
  }
}
