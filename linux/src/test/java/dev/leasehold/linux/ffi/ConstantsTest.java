// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ConstantsTest {

  @Test
  void knowsTheTwoProcessorsByAllTheirNames() {
    assertThat(Machine.of("amd64")).isEqualTo(Machine.X86_64);
    assertThat(Machine.of("x86_64")).isEqualTo(Machine.X86_64);
    assertThat(Machine.of("aarch64")).isEqualTo(Machine.AARCH64);
    assertThat(Machine.of("arm64")).isEqualTo(Machine.AARCH64);
  }

  @Test
  void refusesAProcessorWhoseConstantsItDoesNotKnow() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Machine.of("riscv64"))
        .withMessageContaining("riscv64");
  }

  @Test
  void describesErrorsByNameOrNumber() {
    assertThat(Errno.describe(Errno.EIO)).isEqualTo("EIO, input/output error");
    assertThat(Errno.describe(4095)).isEqualTo("errno 4095");
  }
}
