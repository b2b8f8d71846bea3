// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class NativeFunctionTest {

  @Test
  void givesTheNegativeErrno() {
    assertThat(NativeFunction.named("close").callInt(-1)).isEqualTo(-Errno.EBADF);
    assertThat(NativeFunction.named("pread").callLong(-1, 0, 0, 0)).isEqualTo(-Errno.EBADF);
  }

  @Test
  void passesNegativeNumbersAndGivesTheLowerHalfOfAnInt() {
    assertThat(NativeFunction.named("abs").callInt(-7)).isEqualTo(7);
    assertThat(NativeFunction.named("toupper").callInt(0xFFFF_FFFF_0000_0061L)).isEqualTo('A');
  }

  @Test
  void namesAFunctionThatTheLibraryLacks() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> NativeFunction.named("no_such_function"))
        .withMessageContaining("no_such_function");
  }
}
