// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void whatCouldUpsetATerminalIsEscaped() {
    assertThat(Printable.line("a\u001b[2Jb\r\n\tc\u202ed\u0000"))
        .isEqualTo("a\\u001b[2Jb\\r\\n\\tc\\u202ed\\u0000");
    assertThat(Printable.line("größe 漢字 😀")).isEqualTo("größe 漢字 😀");
    assertThat(Printable.line("lone \ud83d")).isEqualTo("lone \\ud83d");
  }

  @Test
  void newlinesMayStay() {
    assertThat(Printable.lines("a\nb\u0007")).isEqualTo("a\nb\\u0007");
  }
}
