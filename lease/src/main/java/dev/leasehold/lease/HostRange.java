// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The hosts whose sectors a ballot must scan: all that the lease has room for, or fewer if a census
 * shows that the others cannot have written (docs/spec/algorithms.md 8, item 15).
 *
 * @param numHosts that the lease has room for
 * @param highestSeen the highest host whose sector held anything in the first read, which covered
 *     all: what hosts of a former lockspace left counts too. Empty: no census
 */
record HostRange(LeaseEnvironment env, long numHosts, OptionalLong highestSeen) {

  /** One that is good now and saves something. */
  Optional<HostCensus> census() {
    if (highestSeen.isEmpty()) {
      return Optional.empty();
    }
    return env.hosts().census().filter(this::isGood).filter(census -> hostsBy(census) < numHosts);
  }

  /** How many hosts are to be scanned by it. */
  long hostsBy(HostCensus census) {
    long used = Math.max(census.highest(), highestSeen.orElse(numHosts));
    return Math.max(used, env.member().hostId());
  }

  /** Asked when the scan has ended. */
  boolean isGood(HostCensus census) {
    return env.clock().bootNanos() < census.goodUntil();
  }
}
