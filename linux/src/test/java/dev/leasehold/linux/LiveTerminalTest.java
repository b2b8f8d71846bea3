// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.ffi.TerminalCalls;
import org.junit.jupiter.api.Test;

/** Settings as bytes; a real terminal is that of the tests of {@code leasehold top}. */
class LiveTerminalTest {

  @Test
  void keysComeOneByOneAndSendNoSignal() {
    byte[] settings = new byte[60];
    java.util.Arrays.fill(settings, (byte) 0x7F);
    byte[] changed = TerminalCalls.keyByKey(settings);
    assertThat(changed[12]).as("ISIG, ICANON, ECHO").isEqualTo((byte) (0x7F & ~0b1011));
    assertThat(changed[17 + 6]).as("VMIN").isEqualTo((byte) 1);
    assertThat(changed[17 + 5]).as("VTIME").isZero();
    for (int i = 0; i < 60; i++) {
      if (i != 12 && i != 22 && i != 23) {
        assertThat(changed[i]).as("byte %d", i).isEqualTo((byte) 0x7F);
      }
    }
  }

  @Test
  void whatIsNoTerminalHasNoSize() {
    assertThat(TerminalCalls.size(9999)).isEmpty();
    assertThat(TerminalCalls.settings(9999)).isEmpty();
  }
}
