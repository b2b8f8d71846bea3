// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnEngineTest {
  @Test
  void itWaitsForTheWatchdogOfTheOtherHosts() {
    assertThat(OwnEngine.config(10, 120).watchdogFireTimeout()).isEqualTo(120);
    assertThat(OwnEngine.config(10, 5).watchdogFireTimeout()).isEqualTo(5);
  }
}
