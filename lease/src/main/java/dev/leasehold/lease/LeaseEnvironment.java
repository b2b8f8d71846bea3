// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.Name;
import java.util.random.RandomGenerator;

/**
 * Everything a Paxos lease needs to know of the lockspace it belongs to and of the world. One per
 * joined lockspace; fixed while it is joined.
 *
 * @param lockspace name of the joined lockspace
 * @param member who we are in it
 * @param timing its N and W
 * @param hosts the other hosts
 * @param validity asked before every write
 * @param clock the clocks
 * @param random for back-offs; need not be secure
 * @param log remarks for people
 */
public record LeaseEnvironment(
    Name lockspace,
    Member member,
    Timing timing,
    HostViews hosts,
    ValidityCheck validity,
    Clock clock,
    RandomGenerator random,
    LeaseLog log) {}
