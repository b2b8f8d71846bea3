// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static dev.leasehold.linux.io.Samples.LONG;
import static dev.leasehold.linux.io.Samples.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileSystemCalls;
import dev.leasehold.linux.ffi.OpenFlags;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Devices with both sector sizes, and file systems that are full, read-only, or on such devices.
 */
@Timeout(120)
class RealFileSystemsTest {

  @TempDir(factory = BuildDirectory.class)
  Path directory;

  private final FaultyCalls calls = new FaultyCalls();
  private final LinuxStorage storage = new LinuxStorage(calls);
  private Mounts mounts;

  @BeforeEach
  void begin() {
    mounts = new Mounts(directory);
  }

  @AfterEach
  void end() {
    Samples.until(() -> calls.open().isEmpty());
    mounts.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void aBlockDeviceTakesTransfersOfItsSectorSize(int sectorSize) throws Exception {
    Path device = mounts.device(sectorSize);
    try (BlockStore store = storage.open(device.toString(), LONG)) {
      assertThat(store.ioUnit()).isEqualTo(sectorSize);
      assertThat(store.blockDevice()).isTrue();
      byte[] bytes = filled(sectorSize, 0x42);
      Samples.write(store, sectorSize, bytes);
      assertThat(Samples.read(store, sectorSize, sectorSize)).isEqualTo(bytes);
      assertThat(storage.leadsTo(device.toString(), store, LONG)).isTrue();
      try (Block block = store.block(4096)) {
        assertThat(store.read(16 << 20, block, LONG))
            .isInstanceOfSatisfying(
                Outcome.Failed.class,
                failed -> assertThat(failed.errno()).isEqualTo(Outcome.Failed.SHORT));
      }
    }
  }

  @Test
  void aBlockDeviceTellsItsSize() throws Exception {
    Path device = mounts.device(512);
    int fd = FileSystemCalls.open(device.toString(), OpenFlags.READ_ONLY, 0);
    assertThat(DescriptorCalls.deviceSize(fd)).isEqualTo(16L << 20);
    DescriptorCalls.close(fd);
  }

  @Test
  void aDeviceOfLargeSectorsRefusesSmallTransfers() throws Exception {
    try (BlockStore store = storage.open(mounts.device(4096).toString(), LONG);
        Block block = store.block(512)) {
      assertThat(store.write(4096, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> {
                assertThat(failed.errno()).isEqualTo(Errno.EINVAL);
                assertThat(failed.operation()).contains("4096");
              });
    }
  }

  @Test
  void aFileOnADeviceOfLargeSectorsTakesLeasesOfLargeSectorsOnly() throws Exception {
    Path mount = mounts.ext4(mounts.device(4096));
    String path = mount.resolve("lease").toString();
    NewFile small = Samples.file(Map.of(0L, filled(512, 1)));
    assertThat(storage.publish(path, small, LONG))
        .isInstanceOfSatisfying(
            Publication.Failed.class,
            failed -> {
              assertThat(failed.error().errno()).isEqualTo(Errno.EINVAL);
              assertThat(failed.error().getMessage()).contains(path, "4096", "sector size");
            });
    NewFile large = Samples.file(Map.of(0L, filled(4096, 1)));
    assertThat(storage.publish(path, large, LONG))
        .isInstanceOfSatisfying(
            Publication.Created.class,
            created -> {
              assertThat(created.store().ioUnit()).isEqualTo(4096);
              created.store().close();
            });
    assertThat(storage.list(mount.toString(), LONG))
        .containsExactlyInAnyOrder("lease", "lost+found");
  }

  private static void refuses(int errno, ThrowingCallable operation) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(operation)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(errno))
        .withMessageContaining("mount the file system read-write");
  }

  @Test
  void aReadOnlyFileSystemIsOnlyRead() throws Exception {
    Path mount = mounts.ext4(mounts.device(512));
    String path = Files.write(mount.resolve("lease"), filled(Samples.MIB, 5)).toString();
    mounts.remountReadOnly(mount);
    refuses(Errno.EROFS, () -> storage.open(path, LONG));
    assertThat(storage.publish(mount.resolve("new").toString(), Samples.file(Map.of()), LONG))
        .isInstanceOfSatisfying(
            Publication.Failed.class,
            failed -> refuses(Errno.EROFS, () -> rethrow(failed.error())));
    try (BlockStore store = storage.openReadOnly(path, LONG)) {
      assertThat(Samples.read(store, 0, 512)).isEqualTo(filled(512, 5));
      refuses(Errno.EROFS, () -> storage.unlink(path, store, LONG));
    }
  }

  private static void rethrow(StorageException error) throws StorageException {
    throw error;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFullFileSystemGetsNoFile(boolean canAllocate) throws Exception {
    Path mount = mounts.tmpfs("512k");
    if (!canAllocate) {
      calls.failAlways(FaultyCalls.Op.FALLOCATE, Errno.EOPNOTSUPP);
    }
    Publication result =
        storage.publish(mount.resolve("lease").toString(), Samples.file(Map.of()), LONG);
    assertThat(result).isInstanceOf(Publication.Failed.class);
    StorageException error = ((Publication.Failed) result).error();
    Assumptions.assumeFalse(
        error.getMessage().contains("direct I/O"), "needs direct I/O on tmpfs, Linux 6.6");
    assertThat(error.errno()).isEqualTo(Errno.ENOSPC);
    assertThat(error.getMessage()).contains("no space left", "1048576 bytes");
    assertThat(mount.toFile().list()).isEmpty();
  }
}
