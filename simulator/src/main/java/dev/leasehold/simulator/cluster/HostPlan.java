// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

/**
 * How one machine is configured.
 *
 * @param lane its number, from 1
 * @param hostId the host id its daemon joins with
 * @param hostName its daemon's name; empty for another one at every start
 * @param original whether it follows the original's rules
 * @param ioTimeout N in seconds
 * @param grace g in seconds
 * @param driftPpm how much its clocks are off
 * @param tied whether its guests end with their daemon, as under {@code leasehold run}
 * @param connections whether registrations end with a connection, not with the process
 * @param killPath whether guests name a kill program
 * @param twin whether another machine has the same host id
 */
record HostPlan(
    int lane,
    long hostId,
    String hostName,
    boolean original,
    int ioTimeout,
    int grace,
    long driftPpm,
    boolean tied,
    boolean connections,
    boolean killPath,
    boolean twin) {

  /** The same, no longer with another machine's host id. */
  HostPlan withIdOfItsOwn() {
    return new HostPlan(
        lane,
        lane,
        hostName,
        original,
        ioTimeout,
        grace,
        driftPpm,
        tied,
        connections,
        killPath,
        false);
  }

  /** Whether its daemons have one name, start after start, that no other machine has. */
  boolean ownName() {
    return !hostName.isEmpty() && !hostName.equals(TWIN_NAME);
  }

  /** The name of machines that were named alike by mistake. */
  static final String TWIN_NAME = "twin";
}
