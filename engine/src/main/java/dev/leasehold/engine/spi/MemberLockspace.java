// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.lease.HostViews;
import dev.leasehold.lease.LeaseEnvironment;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.Timing;
import dev.leasehold.lease.ValidityCheck;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;

/**
 * A lockspace that this host has joined, for those who hold leases in it. One object per join:
 * after a removal and a new join there is another one, and the old one stays dead. Thread-safe;
 * nothing here does I/O except {@link HostViews#readDelta}.
 */
public interface MemberLockspace extends ValidityCheck {

  /** Its name. */
  Name name();

  /** Name, host id, path and offset. */
  LockspaceSpec spec();

  /** Our host id in it. */
  long hostId();

  /** Our host id and generation, fixed for the life of this object. */
  Member member();

  /** Times derived from its io timeout. */
  Timing timing();

  /** Its sizes: the first guess for those of its leases. */
  Geometry geometry();

  /** What is known of the other hosts. */
  HostViews hosts();

  /**
   * The highest host id that was ever used, as far as the last look at the area shows; at least our
   * own. For how many hosts a new lease needs room for now.
   */
  long highestHostIdUsed();

  /** All of this as a Paxos lease wants it; always the same object. */
  LeaseEnvironment environment();

  /** Whether a lease may be granted now. The same question as {@link #ensureValid}. */
  boolean usable();

  /**
   * Checks that it is joined, not failing, and our host lease has not run out by the boot-time
   * clock. To be asked after every wait and every I/O, before a lease is reported as held. If it
   * has run out, the lockspace is failed for good by this very call.
   *
   * @throws LeaseException ENOSPC (-28) with words
   */
  @Override
  void ensureValid() throws LeaseException;

  /** Whether it is failing, being removed, or gone: then releases skip the disk (3.5, 4.3). */
  boolean dead();

  /**
   * Sets the notification bit of a host for a while: it goes out with the next renewals, and makes
   * that host look at the request records of the leases it holds (3.9, 4.5).
   */
  void notifyHost(long hostId);
}
