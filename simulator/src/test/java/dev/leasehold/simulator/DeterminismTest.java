// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.simulator.cluster.ClusterRun;
import org.junit.jupiter.api.Test;

class DeterminismTest {

  @Test
  void sameSeedSameEventsBitForBit() {
    for (long seed = 500; seed < 506; seed++) {
      ClusterRun.Order order = ClusterRun.Order.of(seed).withSize(3, 400);
      ClusterRun.Result first = ClusterRun.run(order);
      ClusterRun.Result second = ClusterRun.run(order);
      ClusterRun.Result told = ClusterRun.run(order.recorded(Long.MAX_VALUE));
      assertThat(second.hash()).isEqualTo(first.hash());
      assertThat(told.hash()).isEqualTo(first.hash());
      assertThat(second.events()).isEqualTo(first.events());
      assertThat(told.lines()).isNotEmpty();
    }
  }

  @Test
  void anotherSeedAnotherRun() {
    ClusterRun.Order order = ClusterRun.Order.of(500).withSize(3, 200);
    assertThat(ClusterRun.run(order).hash())
        .isNotEqualTo(ClusterRun.run(order.withSeed(501)).hash());
  }
}
