// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.ResourceManager;
import dev.leasehold.engine.rindex.ResourceIndexes;
import dev.leasehold.ondisk.LeaseException;

/**
 * The one front door of the engine: every command line, socket and library call ends here.
 *
 * <p>A call blocks the calling task until its work is done, unless it says otherwise; no call is
 * delayed by another one that waits or by storage that hangs, except where both concern the same
 * lease. Every method may be called from any task at any time.
 *
 * <p>Errors are {@link LeaseException}s with the code that sanlock gives in the same situation
 * (docs/spec/algorithms.md appendix A) and words for people.
 */
public interface LeaseManager extends Lockspaces, ResourceManager, AutoCloseable {

  /** Adds a listener; it is told what happens from now on. */
  void addListener(LeaseListener listener);

  /** Removes a listener. Calls that are under way or queued may still reach it. */
  void removeListener(LeaseListener listener);

  /** The configuration this engine was started with. */
  EngineConfig config();

  /** Operations on resource indexes. */
  ResourceIndexes resourceIndexes();

  /** Everything this engine is a member of, holds, and for whom, at one moment. No I/O. */
  EngineSnapshot state();

  /**
   * Registers this very process as a holder, for programs that embed the engine.
   *
   * @param label what it calls itself, for status, notes and messages
   * @throws LeaseException ESRCH (-3) if the process cannot be watched
   */
  LeaseSession session(HolderLabel label) throws LeaseException;

  /**
   * Ends the engine if no lockspace exists in any state, or by force.
   *
   * <p>Without force nothing is disturbed when the answer is no (docs/spec/algorithms.md 7.5;
   * unlike sanlock no waiting call is called off, section 8 item 28). With force every lockspace is
   * left: holders of leases in it are killed at once (SIGKILL), waiting calls are called off, and
   * the call returns when all lockspaces are gone, which takes as long as a holder cannot be killed
   * or its storage hangs.
   *
   * @throws LeaseException EBUSY (-16) if not forced and a lockspace exists
   */
  void shutdown(boolean force) throws LeaseException;

  /**
   * Ends the engine in good order: releases the leases of every holder on disk, leaves every
   * lockspace, and returns when all are gone. A holder whose leases cannot be released is not
   * killed: they are free for others with the host lease.
   */
  @Override
  void close();
}
