// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/** Why a lockspace, and every lease in it, was given up. */
public enum LossReason {
  /** No renewal succeeded for 8 io timeouts. */
  EXPIRED,
  /** Our record on disk was overwritten. */
  CORRUPT,
  /** Its removal was asked for. */
  REMOVED,
  /** The engine was shut down by force. */
  SHUTDOWN
}
