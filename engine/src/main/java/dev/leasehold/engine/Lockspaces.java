// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Lockspaces: joining, leaving, and what is seen of the other hosts (docs/spec/algorithms.md 4).
 */
public interface Lockspaces {

  /**
   * Joins a lockspace and returns when it is joined: at least two io timeouts, and up to 8 io
   * timeouts plus the watchdog's fire time more if the host id was left held by another name.
   *
   * @throws LeaseException EINVAL (-22) bad arguments, or name or place used by another lockspace;
   *     EEXIST (-17) joined already; EINPROGRESS (-115) being added; EAGAIN (-11) being removed;
   *     ENODEV (-19) cannot be opened; -223 … -231 what is on disk; WD_ERROR (-203) watchdog;
   *     HOSTID_BUSY (-262) host id in use; ERROR (-201) or EPERM (-1) removed meanwhile; I/O codes
   */
  LockspaceView addLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException;

  /**
   * Starts to join and returns at once; {@link #inquireLockspace} and {@link #awaitLockspace} tell
   * what becomes of it.
   *
   * @throws LeaseException the first four cases of {@link #addLockspace}
   */
  void startAddLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException;

  /**
   * Joins with a host id that it finds by itself: the preferred one if it is free, else the lowest
   * free one. The delta lease is the arbiter, so two hosts that race end with different ids.
   *
   * @return the joined lockspace with the id that was found
   * @throws LeaseException as {@link #addLockspace}; HOSTID_BUSY (-262) if every id is in use
   */
  LockspaceView addLockspace(
      Name name, String path, long offset, AutoHostId choice, JoinOptions options)
      throws LeaseException;

  /**
   * Looks whether a lockspace is joined.
   *
   * @param spec name, path and offset must match; host id 0 matches any
   * @return normally: joined, also while it is being killed
   * @throws LeaseException EINPROGRESS (-115) being added or removed; ENOENT (-2) otherwise
   */
  LockspaceView inquireLockspace(LockspaceSpec spec) throws LeaseException;

  /**
   * As {@link #inquireLockspace}, but waits as long as the answer would be EINPROGRESS.
   *
   * @throws LeaseException ENOENT (-2); EINPROGRESS (-115) if {@code limit} passed first
   */
  LockspaceView awaitLockspace(LockspaceSpec spec, Duration limit) throws LeaseException;

  /**
   * Leaves a lockspace and returns when it is left. A write to our record that hangs keeps it on
   * the removing list after that, until it has landed or failed. Holders of leases in it are killed
   * at once (SIGKILL); their leases are not released one by one, they are free because the host
   * lease is.
   *
   * @param spec matched as in {@link #inquireLockspace}
   * @param onlyIfUnused refuse if a resource of the lockspace is known in any state
   * @throws LeaseException EBUSY (-16) used; EINPROGRESS (-115) being removed; ENOENT (-2) unknown
   */
  void removeLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException;

  /**
   * As {@link #removeLockspace}, but returns as soon as the removal is under way.
   *
   * @throws LeaseException as {@link #removeLockspace}
   */
  void startRemoveLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException;

  /** All lockspaces: joined, then removing, then adding; the most recent first in each group. */
  List<LockspaceView> lockspaces();

  /** The joined lockspace of that name, if there is one. */
  Optional<LockspaceView> lockspace(Name name);

  /**
   * Makes a lockspace file, mode 0600, that appears complete or not at all.
   *
   * @param format its offset must be 0
   * @return false if a file of that name was there already: nothing was changed
   * @throws LeaseException EINVAL (-22) offset; AIO_TIMEOUT (-202): it may be there or not, look
   *     again later; the errno of the storage
   */
  boolean createLockspace(LockspaceFormat format) throws LeaseException;

  /**
   * Writes an empty lockspace area over whatever is there. Nobody may have it joined.
   *
   * @throws LeaseException ENODEV (-19) cannot be opened; EPERM (-1) no such sizes; I/O codes
   */
  void formatLockspace(LockspaceFormat format) throws LeaseException;

  /**
   * Reads what lockspace is at a place; nothing needs to be joined.
   *
   * @param hostId whose record to read; 0 stands for 1
   * @param expected the name that must be there; empty for any
   * @throws LeaseException ENODEV (-19); -223 -224 -226 -229; I/O codes
   */
  LockspaceOnDisk readLockspace(String path, long offset, long hostId, Optional<Name> expected)
      throws LeaseException;

  /**
   * The hosts of a joined lockspace as the last look at its area found them, by rising id: those
   * with a timestamp other than 0, or exactly the one asked for. No I/O.
   *
   * @throws LeaseException ENOENT (-2) not joined; EAGAIN (-11) not looked at yet
   */
  List<HostView> hosts(Name lockspace, OptionalLong hostId) throws LeaseException;

  /**
   * Every host that was ever seen or owns a record, by rising id; also of lockspaces that are being
   * added or removed. No I/O.
   *
   * @throws LeaseException ENOSPC (-28) unknown lockspace
   */
  List<HostView> hostStatus(Name lockspace) throws LeaseException;

  /**
   * Says whether the lockspace is in use although nobody holds a lease: as long as it is, a failed
   * lockspace is not let go and the watchdog fires (docs/spec/algorithms.md 4.7).
   *
   * @throws LeaseException ENOENT (-2) not joined; ENOSPC (-28) failing, for the two "used" forms
   */
  void setUse(Name lockspace, LockspaceUse use) throws LeaseException;

  /**
   * Tells another host something with our next renewals (docs/spec/algorithms.md 4.5).
   *
   * @param hostId 1 to the area's maximum
   * @param generation that host's, as told to it; 0 with {@link HostEventFlag#CURRENT_GENERATION}
   *     is filled in
   * @throws LeaseException EINVAL (-22) host id; ENOENT (-2) not joined; EBUSY (-16) another event
   *     is still being told
   */
  void setEvent(
      Name lockspace, long hostId, long generation, long event, long data, Set<HostEventFlag> flags)
      throws LeaseException;

  /**
   * Subscribes to the events that other hosts tell this one. The subscription ends when it is
   * closed, when the lockspace is gone, or when its reader is too slow.
   *
   * @throws LeaseException EINVAL (-22) empty name; ENOENT (-2) not joined; ENOCSI (-50) all 32
   *     places are taken
   */
  EventSubscription subscribeEvents(Name lockspace) throws LeaseException;

  /**
   * Looks in the background whether others ask for any lease of this lockspace that is held here.
   * Unknown lockspaces are ignored.
   */
  void examineLockspace(Name lockspace);

  /**
   * The last renewals, oldest first; the first record ever is the join itself.
   *
   * @throws LeaseException ENOSPC (-28) unknown lockspace
   */
  List<RenewalRecord> renewalHistory(Name lockspace) throws LeaseException;

  /**
   * Checks, by the clock that counts suspended time, that this host's lease in the lockspace is
   * still good. Call it after anything that may have taken long, before acting on a lease.
   *
   * @throws LeaseException ENOSPC (-28) not joined, failing, or the lease has run out
   */
  void ensureValid(Name lockspace) throws LeaseException;
}
