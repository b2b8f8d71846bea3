// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.MemoryLock.Result;
import dev.leasehold.linux.ffi.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLockTest {

  @Test
  void saysThatItIsLocked() {
    assertThat(MemoryLock.describe(0)).isInstanceOf(Result.Locked.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOMEM, Errno.EAGAIN})
  void saysWhatToDoWhereItIsNotPermitted(int errno) {
    assertThat(MemoryLock.describe(-errno))
        .isInstanceOfSatisfying(
            Result.NotLocked.class,
            result -> {
              assertThat(result.errno()).isEqualTo(errno);
              assertThat(result.words()).contains(Errno.describe(errno), "LimitMEMLOCK");
            });
  }

  @Test
  void namesAnyOtherError() {
    assertThat(MemoryLock.describe(-Errno.ENOSYS).words()).contains("ENOSYS");
  }
}
