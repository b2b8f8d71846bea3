// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Two C daemons and two of ours, all behind their sockets and all asked by the same program, fight
 * for the same leases; nobody ever meets another, and every owner gets a version of its own.
 */
@Timeout(500)
@ResourceLock("cpu") // two that use all they can get would starve each other
class SocketContentionTest {
  private static final int SECONDS = Integer.getInteger("leasehold.contention.seconds", 45);
  private static final int IO_TIMEOUT = 4;

  private Lab lab;
  private Contest contest;

  @BeforeEach
  void open() throws IOException {
    Lab.needsSanlock();
    lab = Lab.open();
    contest = new Contest(lab, SECONDS);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void criticalSectionsNeverOverlap() throws Exception {
    long seed = System.nanoTime();
    System.out.println("contention at the socket, seed " + seed);
    Path lockspace = lab.lockspace(Contest.SPACE, IO_TIMEOUT);
    List<SocketHost> hosts =
        List.of(
            lab.cHost("c-one"),
            lab.cHost("c-two"),
            lab.ourSocketHost("our-one"),
            lab.ourSocketHost("our-two"));
    List<Both.Step> joins = new ArrayList<>();
    for (SocketHost host : hosts) {
      int hostId = joins.size() + 1;
      joins.add(() -> host.join(Contest.SPACE, hostId, lockspace, IO_TIMEOUT));
    }
    Both.run(joins);
    List<Both.Step> parties = new ArrayList<>();
    for (int i = 0; i < Contest.HOLDERS_PER_HOST; i++) {
      for (SocketHost host : hosts) {
        parties.add(contest.contender(host, seed + parties.size()));
      }
    }
    contest.fight(parties, hosts.stream().map(SocketHost::name).toList());

    System.out.printf("contention at the socket, seed %d: %s%n", seed, contest);
    contest.check();
    assertThat(contest.sections()).as("acquisitions in all").hasSizeGreaterThan(100);
    for (SocketHost host : hosts) {
      assertThat(host.daemon().process().isAlive()).as(host.name()).isTrue();
    }
  }
}
