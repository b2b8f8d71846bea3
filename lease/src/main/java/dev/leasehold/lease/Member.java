// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/**
 * Who this host is in a lockspace, for as long as it is joined (docs/spec/algorithms.md 3.11).
 *
 * @param hostId 1 to the lockspace's max_hosts
 * @param generation owner_generation of our delta lease; one more with every join
 */
public record Member(long hostId, long generation) {

  /** Refuses host id 0, which means "none". */
  public Member {
    if (hostId < 1) {
      throw new IllegalArgumentException("host id " + hostId + " is not positive");
    }
  }
}
