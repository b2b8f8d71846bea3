// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.ResourceId;
import org.junit.jupiter.api.Test;

/** What is remembered only to be shown must not grow for ever. */
class StatusMemoryTest {
  private final StatusMemory memory = new StatusMemory();

  private static ResourceId disk(int number) {
    return ResourceId.of("LS", "disk" + number);
  }

  @Test
  void theHoldersGrantedLongestAgoAreForgotten() {
    for (int i = 0; i < StatusMemory.MOST_HOLDERS; i++) {
      memory.granted(disk(i), 100 + i);
    }
    memory.granted(disk(0), 7);
    memory.granted(disk(-1), 8);
    assertThat(memory.lastHolder(disk(0))).isEqualTo(7);
    assertThat(memory.lastHolder(disk(-1))).isEqualTo(8);
    assertThat(memory.lastHolder(disk(1))).isZero();
    assertThat(memory.lastHolder(disk(2))).isEqualTo(102);
  }
}
