// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NativeTextTest {

  @Test
  void refusesANulCharacterBecauseCWouldSeeAShorterString() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileSystemCalls.open("/dev/null\0/lease", OpenFlags.READ_ONLY, 0));
  }

  @Test
  void passesTextAsUtf8() {
    assertThat(FileSystemCalls.unlink("/nonexistent/ß漢\uD83D\uDD12")).isEqualTo(-Errno.ENOENT);
  }
}
