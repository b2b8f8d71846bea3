// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static dev.leasehold.linux.io.Samples.LONG;
import static dev.leasehold.linux.io.Samples.MIB;
import static dev.leasehold.linux.io.Samples.SHORT;
import static dev.leasehold.linux.io.Samples.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.io.FaultyCalls.Hang;
import dev.leasehold.linux.io.FaultyCalls.Op;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Safety rule 2 of docs/design.md: what missed its deadline may still land. */
@Timeout(60)
class HangingStorageTest {

  @TempDir(factory = BuildDirectory.class)
  Path directory;

  private final FaultyCalls calls = new FaultyCalls();
  private final LinuxStorage storage = new LinuxStorage(calls);
  private final List<Hang> hangs = new ArrayList<>();
  private String path;
  private BlockStore store;

  @BeforeEach
  void open() throws IOException, StorageException {
    path = makeFile("lease");
    store = storage.open(path, LONG);
  }

  private String makeFile(String name) throws IOException {
    return Files.write(directory.resolve(name), filled(MIB, 7)).toString();
  }

  @AfterEach
  void releaseAll() {
    hangs.forEach(Hang::release);
    store.close();
    Samples.until(() -> calls.open().isEmpty());
  }

  private Hang hangOnce(Op op) {
    Hang hang = calls.hangOnce(op);
    hangs.add(hang);
    return hang;
  }

  private Hang hangAll(Op op, String file) {
    Hang hang = new Hang();
    calls.always(op, file, hang);
    hangs.add(hang);
    return hang;
  }

  private static LateTransfer late(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    return ((Outcome.Unknown) outcome).late();
  }

  @Test
  void aLateReadIsUnknownAndGivesTheBlockBackWhenItCompletes() {
    Hang hang = hangOnce(Op.PREAD);
    try (Block block = store.block(512)) {
      LateTransfer late = late(store.read(0, block, SHORT));
      assertThatIllegalStateException().isThrownBy(block::bytes).withMessageContaining("flight");
      assertThatIllegalStateException().isThrownBy(() -> store.read(0, block, SHORT));
      assertThat(late(late.await(SHORT))).isSameAs(late);
      hang.release();
      assertThat(late.await(LONG)).isEqualTo(Outcome.Done.DONE);
      assertThat(block.bytes().get(ValueLayout.JAVA_BYTE, 511)).isEqualTo((byte) 7);
    }
    assertThat(store.unsettledWrites()).isZero();
  }

  @Test
  void aLateReadNeverTouchesMemoryThatWasHandedOutAgain() {
    Hang hang = hangOnce(Op.PREAD);
    LateTransfer late;
    long address;
    try (Block block = store.block(4096)) {
      address = block.bytes().address();
      late = late(store.read(0, block, SHORT));
    }
    try (Block other = store.block(4096)) {
      assertThat(other.bytes().address()).isNotEqualTo(address);
      hang.release();
      assertThat(late.await(LONG)).isEqualTo(Outcome.Done.DONE);
      assertThat(other.bytes().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
      try (Block again = store.block(4096)) {
        assertThat(again.bytes().address()).as("the memory is back").isEqualTo(address);
        assertThat(again.bytes().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
      }
    }
  }

  @Test
  void aLateWriteIsUnsettledUntilItLands() {
    Hang hang = hangOnce(Op.PWRITE);
    try (Block block = store.block(512)) {
      block.bytes().fill((byte) 9);
      late(store.write(1024, block, SHORT));
    }
    assertThat(store.unsettledWrites()).isEqualTo(1);
    assertThat(store.awaitWritesSettled(SHORT)).isFalse();
    assertThat(Samples.read(store, 1024, 512)).isEqualTo(filled(512, 7));
    hang.release();
    assertThat(store.awaitWritesSettled(LONG)).isTrue();
    assertThat(store.unsettledWrites()).isZero();
    assertThat(Samples.read(store, 1024, 512)).isEqualTo(filled(512, 9));
  }

  @Test
  void aWriteThatFailsLateIsSettledToo() {
    Hang hang = new Hang();
    hangs.add(hang);
    calls.once(
        Op.PWRITE,
        real -> {
          hang.apply(() -> 0);
          return -Errno.EIO;
        });
    try (Block block = store.block(512)) {
      LateTransfer late = late(store.write(0, block, SHORT));
      hang.release();
      assertThat(late.await(LONG))
          .isEqualTo(new Outcome.Failed(Errno.EIO, "write of 512 bytes at 0"));
      assertThat(store.unsettledWrites()).isZero();
      assertThat(store.awaitWritesSettled(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void awaitWritesSettledWaitsForWritesThatAreNotLateYet() throws InterruptedException {
    Hang hang = hangOnce(Op.PWRITE);
    List<Outcome> outcomes = new ArrayList<>();
    Thread writer =
        Thread.startVirtualThread(
            () -> {
              try (Block block = store.block(512)) {
                outcomes.add(store.write(0, block, LONG));
              }
            });
    hang.awaitEntered();
    assertThat(store.unsettledWrites()).isZero();
    assertThat(store.awaitWritesSettled(SHORT)).isFalse();
    hang.release();
    assertThat(store.awaitWritesSettled(LONG)).isTrue();
    writer.join();
    assertThat(outcomes).containsExactly(Outcome.Done.DONE);
  }

  @Test
  void aStoreClosedMeanwhileKeepsItsDescriptorUntilTheLateTransferEnds() {
    Hang hang = hangOnce(Op.PWRITE);
    LateTransfer late;
    try (Block block = store.block(512)) {
      late = late(store.write(0, block, SHORT));
      store.close();
      store.close();
      assertThat(calls.open()).containsExactly(path);
      assertThat(calls.made(Op.CLOSE)).isEmpty();
      hang.release();
      assertThat(late.await(LONG)).isEqualTo(Outcome.Done.DONE);
    }
    Samples.until(() -> calls.open().isEmpty());
    assertThat(calls.made(Op.CLOSE)).hasSize(1);
  }

  @Test
  void closingDoesNotWaitForACloseThatHangs() {
    hangOnce(Op.CLOSE);
    store.close();
    assertThat(calls.open()).containsExactly(path);
  }

  @Test
  void aStoreHasABoundOfTransfersInFlightAndDelaysNoOtherStore()
      throws IOException, StorageException {
    String healthyPath = makeFile("other");
    BlockStore healthy = storage.open(healthyPath, LONG);
    Hang hang = hangAll(Op.PREAD, path);
    List<LateTransfer> late = new ArrayList<>();
    for (int i = 0; i < LinuxBlockStore.SLOTS; i++) {
      try (Block block = store.block(512)) {
        late.add(late(store.read(0, block, Duration.ZERO)));
      }
    }
    Samples.until(() -> calls.made(Op.PREAD).size() == LinuxBlockStore.SLOTS);
    try (Block block = store.block(512)) {
      assertThat(store.read(0, block, SHORT))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> {
                assertThat(failed.errno()).isEqualTo(Errno.EAGAIN);
                assertThat(failed.operation()).contains("not issued");
              });
      assertThat(block.bytes().byteSize()).isEqualTo(512);
    }
    assertThat(calls.made(Op.PREAD)).hasSize(LinuxBlockStore.SLOTS);

    Samples.write(healthy, 0, filled(512, 1));
    assertThat(Samples.read(healthy, 0, 512)).isEqualTo(filled(512, 1));
    healthy.close();

    hang.release();
    assertThat(late).allMatch(transfer -> transfer.await(LONG).equals(Outcome.Done.DONE));
    assertThat(Samples.read(store, 0, 512)).isEqualTo(filled(512, 7));
  }

  @Test
  void aTransferThatGetsNoThreadWasNotIssued() throws StorageException {
    IoThreads none =
        new IoThreads(Duration.ZERO, () -> {}) {
          @Override
          boolean start(Job job) {
            return false;
          }
        };
    IoContext context = new IoContext(calls, none, storage.io().pool());
    BlockStore starved =
        new LinuxBlockStore(path, 512, false, context.own(calls.open(path, 0, 0)), context);
    try (Block block = starved.block(512)) {
      assertThat(starved.write(0, block, LONG))
          .isInstanceOfSatisfying(
              Outcome.Failed.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.EAGAIN));
      assertThat(block.bytes().byteSize()).isEqualTo(512);
    }
    assertThat(starved.awaitWritesSettled(Duration.ZERO)).isTrue();
    starved.close();
  }

  private static void timesOut(Executable operation) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(operation::execute)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(StorageException.TIMED_OUT))
        .withMessageContaining("in time");
  }

  @Test
  void aFileThatIsOpenedLateIsClosed() throws IOException {
    String other = makeFile("other");
    Hang hang = hangOnce(Op.OPEN);
    timesOut(() -> storage.open(other, SHORT));
    hang.release();
    Samples.until(() -> calls.made(Op.CLOSE).size() == 1);
    Samples.until(() -> calls.open().equals(List.of(path)));
    assertThat(calls.made(Op.CLOSE).getFirst().path()).isEqualTo(other);
  }

  @Test
  void everyOperationOnANameKeepsItsDeadline() {
    // On a busy machine an operation may begin after its deadline: that is waited for, or the next
    // one would meet its hang.
    Hang status = hangOnce(Op.STATUS_OF);
    timesOut(() -> storage.leadsTo(path, store, SHORT));
    status.awaitEntered();
    Hang entries = hangOnce(Op.ENTRIES);
    timesOut(() -> storage.list(directory.toString(), SHORT));
    entries.awaitEntered();
    hangOnce(Op.OPEN);
    timesOut(() -> storage.openReadOnly(path, SHORT));
  }

  @Test
  void aLateUnlinkThatHasNotBegunDoesNotHappen() {
    Hang hang = hangOnce(Op.STATUS_OF);
    timesOut(() -> storage.unlink(path, store, SHORT));
    hang.awaitEntered();
    hang.release();
    Samples.until(HangingStorageTest::noOperationIsUnderWay);
    assertThat(calls.made(Op.UNLINK)).isEmpty();
    assertThat(directory.resolve("lease")).exists();
  }

  private static boolean noOperationIsUnderWay() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().startsWith("leasehold-io-"))
        .noneMatch(
            entry ->
                List.of(entry.getValue()).stream()
                    .anyMatch(frame -> frame.getClassName().equals(Errand.class.getName())));
  }

  @Test
  void operationsOnAPathThatHangsAreBounded() throws StorageException {
    Hang hang = hangAll(Op.STATUS_OF, path);
    for (int i = 0; i < Errands.PER_PATH; i++) {
      timesOut(() -> storage.leadsTo(path, store, Duration.ZERO));
    }
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.leadsTo(path, store, SHORT))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN))
        .withMessageContaining("hangs");
    assertThat(storage.list(directory.toString(), LONG)).containsExactly("lease");
    hang.release();
    assertThat(storage.leadsTo(path, store, LONG)).isTrue();
  }
}
