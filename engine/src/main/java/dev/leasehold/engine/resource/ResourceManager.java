// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holders, resources, and every command on them.
 *
 * <p>Every method may be called from any task, without locks held. Those that say so block on
 * storage; each such wait is bounded by the io timeout of the lockspace concerned. A {@link
 * LeaseException} carries the code that clients of the sanlock socket see (docs/spec/algorithms.md
 * A.3) and a sentence for people.
 *
 * <p>Commands of one holder run one at a time: a second one is refused with EBUSY, one for a holder
 * that is not registered with ESRCH, one for a holder that has ended with ESTALE.
 */
public interface ResourceManager {

  // ---- holders (docs/spec/algorithms.md 5.1) ----

  /**
   * Registers a live process.
   *
   * @param lifetime what ends the registration besides {@link #unregister}
   * @param label what it calls itself, for status, notes and messages
   * @throws LeaseException ESRCH if there is no such process; EINVAL for a pid that is not positive
   */
  HolderId register(int pid, Lifetime lifetime, HolderLabel label) throws LeaseException;

  /** The oldest registration of a process that has not ended. */
  Optional<HolderId> holderOf(int pid);

  /**
   * Replaces the restrictions of a holder.
   *
   * @throws LeaseException ESRCH
   */
  void restrict(HolderId holder, Restrictions restrictions) throws LeaseException;

  /**
   * Sets the program to run in place of SIGTERM; leases acquired earlier keep theirs for GRACEFUL
   * requests. A tied command.
   *
   * @throws LeaseException ESRCH, ESTALE, EBUSY
   */
  void setKillPath(HolderId holder, KillPath killPath) throws LeaseException;

  /**
   * Ends a registration: its leases are given up in the background, persistent ones become orphans
   * (docs/spec/algorithms.md 5.3). Never blocks. Unknown holders are ignored.
   */
  void unregister(HolderId holder);

  // ---- leases of a holder ----

  /**
   * Acquires all leases of the request or none (docs/spec/algorithms.md 3.7, 5.4). Blocks until
   * decided; that is up to {@code 8N+W} seconds of waiting for a dead owner unless the request says
   * otherwise.
   */
  AcquireResult acquire(HolderId holder, AcquireRequest request);

  /**
   * Releases these leases (docs/spec/algorithms.md 5.5), any number. The holder has lost them
   * whatever the result; a release that could not be completed goes on in the background. Blocks on
   * storage.
   *
   * @throws LeaseException EPERM if one was not held (the others are released all the same); else
   *     the fault of the last one, in request order, that was not released cleanly
   */
  void release(HolderId holder, List<ResourceId> resources) throws LeaseException;

  /** Releases every lease of the holder; else like {@link #release}. */
  void releaseAll(HolderId holder) throws LeaseException;

  /**
   * Releases an exclusive lease, giving it a new resource name on the disk in the same write; else
   * like {@link #release}.
   */
  void releaseRenamed(HolderId holder, ResourceId resource, Name newName) throws LeaseException;

  /**
   * Starts releasing orphans in the background (docs/spec/algorithms.md 5.5).
   *
   * @param resource which one; all of the lockspace if empty
   * @return how many there were
   */
  int releaseOrphans(Name lockspace, Optional<Name> resource);

  /**
   * Converts a held lease to the other mode (docs/spec/algorithms.md 3.8). Blocks on storage.
   *
   * @param ownerNowait do not wait for a host that is not yet provably dead
   * @return the lease as it is held now
   * @throws LeaseException ENOENT not held by this holder; EALREADY it is in that mode; EAGAIN
   *     other sharers, here or on live hosts; faults of the acquisition. The old mode is kept then,
   *     except that a lease whose conversion to shared went wrong counts as shared and can only be
   *     released
   */
  HeldLease convert(HolderId holder, ResourceId resource, HoldMode mode, boolean ownerNowait)
      throws LeaseException;

  /**
   * The leases of a holder in slot order. See {@link Inquiry#text} for the string.
   *
   * @throws LeaseException ESRCH, ESTALE, EBUSY
   */
  List<HeldLease> inquire(HolderId holder) throws LeaseException;

  // ---- requests (docs/spec/algorithms.md 3.9) ----

  /**
   * Asks the owner of a lease, wherever it is, to give it up. Blocks on storage.
   *
   * @param lver the version wanted; empty is the one after the present; 0 with {@link
   *     ForceMode#NONE} withdraws a request
   * @throws LeaseException ENOSPC lockspace not joined; REQUEST_OLD, REQUEST_LVER, REQUEST_MAGIC,
   *     REQUEST_VERSION, ERANGE, faults of reading the leader
   */
  void request(ResourceLocation where, OptionalLong lver, ForceMode mode) throws LeaseException;

  /** Looks in the background whether somebody asks for this lease, if it is held here. */
  void examine(ResourceId resource);

  // ---- lock value blocks (docs/spec/algorithms.md 5.7) ----

  /**
   * Changes the value of a held lease; it reaches the disk with its release or conversion to
   * shared.
   *
   * @throws LeaseException ENOENT not held; EINVAL acquired without LVB; E2BIG longer than a sector
   */
  void setLvb(ResourceId resource, byte[] value) throws LeaseException;

  /**
   * The value of a held lease.
   *
   * @param length bytes wanted; 0 is a whole sector
   * @throws LeaseException as {@link #setLvb}
   */
  byte[] getLvb(ResourceId resource, int length) throws LeaseException;

  // ---- lease areas ----

  /**
   * Reads and checks the leader record of the first disk. An empty lockspace or resource name skips
   * that check. Needs no lockspace. Blocks on storage.
   *
   * @throws LeaseException ERANGE, open errors, I/O, LEADER_…
   */
  LeaderRecord readResource(ResourceLocation where) throws LeaseException;

  /** Reads who owns a lease; else like {@link #readResource}. */
  ResourceOwners readOwners(ResourceLocation where) throws LeaseException;

  /**
   * Initialises a lease area on every disk, whatever is there; the files must exist. Blocks on
   * storage.
   *
   * @param numHosts room for host ids, 0 for all that fit
   * @param cleared mark it as taken away for good instead
   * @throws LeaseException EBUSY while this engine uses the resource; ERANGE, open errors, I/O
   */
  void writeResource(ResourceLocation where, Geometry geometry, long numHosts, boolean cleared)
      throws LeaseException;

  /**
   * Who holds a lease, read from the disk and, for this host, from our own table. Blocks on
   * storage.
   *
   * @return empty if it is free; several if it is shared
   * @throws LeaseException as {@link #readResource}
   */
  List<Holding> whoHolds(ResourceLocation where) throws LeaseException;

  // ---- the whole ----

  /** Everything at one moment. */
  ResourceSnapshot snapshot();

  /**
   * Calls off every wait, so that running acquire commands end with EPERM; new ones are refused the
   * same way. Holders and leases stay as they are.
   */
  void stop();
}
