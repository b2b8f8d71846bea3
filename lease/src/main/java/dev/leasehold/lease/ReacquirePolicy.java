// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/**
 * What a join may conclude from a delta record that is not free but bears our own host name
 * (docs/spec/algorithms.md 2.2 and 8, item 0). Other hosts treat all leases of the old generation
 * as void the moment the new one appears, so the old instance and its holders must be gone by then.
 *
 * <p>All but {@link #WAIT} require that no other machine can have our host name.
 */
public enum ReacquirePolicy {
  /** Nothing: wait as for another host's name. For names that may be used twice. */
  WAIT,
  /**
   * If the record's timestamp is greater than our monotonic clock, this machine was rebooted since,
   * and the old instance is gone. The record is still watched for a renewal's length before it is
   * taken, in case the name is used twice after all. Otherwise as {@link #WAIT}.
   */
  IF_REBOOTED,
  /**
   * The caller vouches that the instance which wrote the record, and every process that it held
   * leases for, is gone: take it at once. Includes {@link #IF_REBOOTED}.
   */
  VOUCHED
}
