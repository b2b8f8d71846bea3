// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.List;
import java.util.Optional;

/** The joined lockspaces. Thread-safe, no I/O. */
public interface LockspaceDirectory {

  /** The lockspace of that name if it is joined, also if it is failing. */
  Optional<MemberLockspace> joined(Name name);

  /** All joined lockspaces, the most recent first. */
  List<MemberLockspace> joined();

  /**
   * The lockspace of that name, ready to grant leases.
   *
   * @throws LeaseException ENOSPC (-28): not joined, failing, or our host lease has run out
   */
  MemberLockspace usable(Name name) throws LeaseException;
}
