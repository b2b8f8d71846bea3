// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/** The three lists of docs/spec/algorithms.md 4.2. */
public enum LockspaceState {
  /** Being joined. */
  ADDING,
  /** Joined; it may be failing, see {@link LockspaceView#dead()}. */
  JOINED,
  /** Nobody uses it any more; it is being left. */
  REMOVING
}
