// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptorTest {

  private final List<Integer> closed = new ArrayList<>();
  private final Descriptor descriptor = new Descriptor(42, closed::add);

  @Test
  void closesOnceWhenNobodyUsesIt() {
    descriptor.close();
    descriptor.close();
    assertThat(closed).containsExactly(42);
    assertThat(descriptor.acquire()).isFalse();
  }

  @Test
  void closesAfterTheLastUse() {
    assertThat(descriptor.acquire()).isTrue();
    assertThat(descriptor.acquire()).isTrue();
    descriptor.close();
    assertThat(descriptor.acquire()).isFalse();
    descriptor.release();
    assertThat(closed).isEmpty();
    descriptor.release();
    assertThat(closed).containsExactly(42);
  }

  @Test
  void staysOpenBetweenUses() {
    assertThat(descriptor.acquire()).isTrue();
    descriptor.release();
    assertThat(closed).isEmpty();
    assertThat(descriptor.acquire()).isTrue();
  }
}
