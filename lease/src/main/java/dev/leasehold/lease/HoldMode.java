// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/** How a Paxos lease is held. */
public enum HoldMode {
  /** By one host alone; the leader record names it. */
  EXCLUSIVE,
  /** Together with other hosts; the mode block in each host's sector says so. */
  SHARED
}
