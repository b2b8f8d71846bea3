// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.port;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.Set;

/**
 * Is told which holders may have leases, before they may, so that a program that starts after this
 * one was killed knows whom to look for (docs/design.md, safety rule 5). Thread-safe.
 */
public interface HolderJournal {

  /**
   * A holder is about to acquire leases: they may be granted once this returns.
   *
   * @param lockspaces of the leases
   * @throws LeaseException if it cannot be noted; nothing is acquired then
   */
  void acquiring(HolderId holder, Set<Name> lockspaces) throws LeaseException;

  /**
   * That acquisition has ended, whichever way; another one of the same holder may be under way.
   *
   * @param lockspaces as they were given before it
   */
  void acquired(HolderId holder, Set<Name> lockspaces);

  /** Leases were given up, or a holder is gone. */
  void released();

  /** For engines whose holders end with the program. */
  HolderJournal NONE =
      new HolderJournal() {
        @Override
        public void acquiring(HolderId holder, Set<Name> lockspaces) {
          // Nobody will ask.
        }

        @Override
        public void acquired(HolderId holder, Set<Name> lockspaces) {
          // Nobody will ask.
        }

        @Override
        public void released() {
          // Nobody will ask.
        }
      };
}
