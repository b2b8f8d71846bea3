// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorCallsTest {

  private static final int ENOTTY = 25;

  @TempDir Path directory;

  private int open() throws IOException {
    Path file = directory.resolve("lock");
    if (Files.notExists(file)) {
      Files.createFile(file);
    }
    int fd = FileSystemCalls.open(file.toString(), OpenFlags.READ_WRITE, 0);
    assertThat(fd).isNotNegative();
    return fd;
  }

  @Test
  void aLockIsHadByOneDescriptorUntilThatIsClosed() throws IOException {
    int first = open();
    int second = open();
    assertThat(DescriptorCalls.tryLock(first)).isZero();
    assertThat(DescriptorCalls.tryLock(second)).isEqualTo(-Errno.EAGAIN);
    DescriptorCalls.close(first);
    assertThat(DescriptorCalls.tryLock(second)).isZero();
    DescriptorCalls.close(second);
  }

  @Test
  void aRegularFileHasNoSectorsOfADevice() throws IOException {
    int fd = open();
    assertThat(DescriptorCalls.sectorSize(fd)).isEqualTo(-ENOTTY);
    assertThat(DescriptorCalls.deviceSize(fd)).isEqualTo(-ENOTTY);
    DescriptorCalls.close(fd);
  }
}
