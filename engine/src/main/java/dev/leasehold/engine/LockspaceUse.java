// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/** What {@link Lockspaces#setUse} declares (docs/spec/algorithms.md 4.7). */
public enum LockspaceUse {
  /** In use by something outside of the engine. */
  USED,
  /** No longer. */
  UNUSED,
  /** Orphaned leases count as use. */
  USED_BY_ORPHANS,
  /** No longer. */
  UNUSED_BY_ORPHANS
}
