// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static dev.leasehold.linux.io.Samples.LONG;
import static dev.leasehold.linux.io.Samples.MIB;
import static dev.leasehold.linux.io.Samples.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers on a real file. */
@Timeout(60)
class LinuxBlockStoreTest {

  @TempDir(factory = BuildDirectory.class)
  Path directory;

  private final FaultyCalls calls = new FaultyCalls();
  private final LinuxStorage storage = new LinuxStorage(calls);
  private Path file;
  private BlockStore store;

  @BeforeEach
  void open() throws IOException, StorageException {
    file = Files.write(directory.resolve("lease"), new byte[MIB]);
    store = storage.open(file.toString(), LONG);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 34 * 512, MIB})
  void readsBackWhatWasWritten(int length) throws IOException {
    byte[] bytes = filled(length, 0x5A);
    Samples.write(store, 0, bytes);
    assertThat(Samples.read(store, 0, length)).isEqualTo(bytes);
    assertThat(Files.readAllBytes(file)).startsWith(bytes).hasSize(MIB);
  }

  @Test
  void writesNothingButItsOwnSectors() throws IOException {
    Files.write(file, filled(MIB, 1));
    Samples.write(store, 1024, filled(512, 2));
    byte[] expected = filled(MIB, 1);
    System.arraycopy(filled(512, 2), 0, expected, 1024, 512);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected);
  }

  @Test
  void aSmallFileSystemUnitIs512() {
    assertThat(store.ioUnit()).isEqualTo(512);
    assertThat(store.path()).isEqualTo(file.toString());
    assertThat(store.blockDevice()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1048576, 512, 0", "1047552, 4096, 1024", "1099511627776, 512, 0"})
  void aReadPastTheEndIsShort(long offset, int length, int transferred) {
    try (Block block = store.block(length)) {
      assertThat(store.read(offset, block, LONG))
          .isEqualTo(
              new Outcome.Failed(
                  Outcome.Failed.SHORT,
                  "read of %d bytes at %d, of which %d were transferred"
                      .formatted(length, offset, transferred)));
    }
  }

  @ParameterizedTest
  @CsvSource({"-512, 512", "256, 512", "1, 512"})
  void refusesAnOffsetThatIsNoMultipleOfTheUnit(long offset, int length) {
    try (Block block = store.block(length)) {
      assertThat(store.write(offset, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> {
                assertThat(failed.errno()).isEqualTo(Errno.EINVAL);
                assertThat(failed.operation()).contains("at " + offset, "512");
              });
      assertThat(block.bytes().byteSize()).isEqualTo(length);
    }
    assertThat(calls.made(FaultyCalls.Op.PWRITE)).isEmpty();
    assertThat(store.unsettledWrites()).isZero();
  }

  @Test
  void refusesABlockOfAnotherStorage() {
    try (Block foreign = new BlockPool(0).lend(512)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.read(0, foreign, LONG))
          .withMessageContaining(file.toString());
    }
  }

  @Test
  void refusesAClosedBlock() {
    Block block = store.block(512);
    block.close();
    assertThatIllegalStateException().isThrownBy(() -> store.write(0, block, LONG));
    assertThat(store.awaitWritesSettled(Duration.ZERO)).isTrue();
  }

  @Test
  void aStoreOpenForReadingDoesNotWrite() throws StorageException {
    BlockStore readOnly = storage.openReadOnly(file.toString(), LONG);
    try (Block block = readOnly.block(512)) {
      assertThat(readOnly.read(0, block, LONG)).isEqualTo(Outcome.Done.DONE);
      assertThat(readOnly.write(0, block, LONG))
          .isEqualTo(new Outcome.Failed(Errno.EBADF, "write of 512 bytes at 0"));
    }
    readOnly.close();
  }

  @Test
  void aClosedStoreTransfersNothing() {
    store.close();
    store.close();
    try (Block block = store.block(512)) {
      assertThat(store.read(0, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.EBADF));
      assertThat(block.bytes().byteSize()).isEqualTo(512);
    }
    Samples.until(() -> calls.open().isEmpty());
    assertThat(calls.made(FaultyCalls.Op.CLOSE)).hasSize(1);
  }

  @Test
  void repeatsAnInterruptedCall() {
    calls.failOnce(FaultyCalls.Op.PREAD, Errno.EINTR).failOnce(FaultyCalls.Op.PREAD, Errno.EINTR);
    try (Block block = store.block(512)) {
      assertThat(store.read(0, block, LONG)).isEqualTo(Outcome.Done.DONE);
    }
    assertThat(calls.made(FaultyCalls.Op.PREAD)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EIO, Errno.ENOSPC, Errno.ESTALE})
  void tellsWhatTheKernelSaid(int errno) {
    calls.failOnce(FaultyCalls.Op.PWRITE, errno);
    try (Block block = store.block(512)) {
      assertThat(store.write(1024, block, LONG))
          .isEqualTo(new Outcome.Failed(errno, "write of 512 bytes at 1024"));
      assertThat(store.write(1024, block, LONG)).isEqualTo(Outcome.Done.DONE);
    }
  }

  @Test
  void aShortWriteFails() {
    calls.once(FaultyCalls.Op.PWRITE, real -> 512);
    try (Block block = store.block(1024)) {
      assertThat(store.write(0, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> assertThat(failed.errno()).isEqualTo(Outcome.Failed.SHORT));
    }
  }

  @Test
  void aBugInACallIsAFailureAndNotAHang() {
    calls.once(
        FaultyCalls.Op.PREAD,
        real -> {
          throw new IllegalStateException("bug");
        });
    try (Block block = store.block(512)) {
      assertThat(store.read(0, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class, failed -> assertThat(failed.operation()).contains("bug"));
    }
  }

  @Test
  void anInterruptOfTheCallerIsKeptAndChangesNothing() {
    Thread.currentThread().interrupt();
    Samples.write(store, 0, filled(512, 3));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Samples.read(store, 0, 512)).isEqualTo(filled(512, 3));
  }

  @Test
  void manyTasksTransferAtOnce() throws InterruptedException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    List<Thread> tasks = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 100; i++) {
      Random random = new Random(seed + i);
      long offset = i * 4096L;
      tasks.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
              .start(() -> writeAndReadBack(random, offset)));
    }
    for (Thread task : tasks) {
      task.join();
    }
    assertThat(failures).isEmpty();
    assertThat(store.unsettledWrites()).isZero();
    assertThat(store.awaitWritesSettled(Duration.ZERO)).isTrue();
  }

  private void writeAndReadBack(Random random, long offset) {
    for (int round = 0; round < 5; round++) {
      byte[] bytes = new byte[random.nextBoolean() ? 512 : 4096];
      random.nextBytes(bytes);
      Samples.write(store, offset, bytes);
      assertThat(Samples.read(store, offset, bytes.length)).isEqualTo(bytes);
    }
  }
}
