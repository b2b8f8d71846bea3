// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static dev.leasehold.linux.io.Samples.LONG;
import static dev.leasehold.linux.io.Samples.MIB;
import static dev.leasehold.linux.io.Samples.SHORT;
import static dev.leasehold.linux.io.Samples.filled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.io.FaultyCalls.Hang;
import dev.leasehold.linux.io.FaultyCalls.Op;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.StorageException;
import dev.leasehold.storage.TemporaryName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DESIGN.md, "Lease files without races". */
@Timeout(60)
class PublishTest {

  private static final NewFile FILE =
      Samples.file(Map.of(0L, filled(1024, 1), 8192L, filled(512, 2)));

  @TempDir(factory = BuildDirectory.class)
  Path directory;

  private final FaultyCalls calls = new FaultyCalls();
  private final LinuxStorage storage = new LinuxStorage(calls);
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("lease");
  }

  @AfterEach
  void nothingIsLeftOpen() {
    Samples.until(() -> calls.open().isEmpty());
  }

  private Publication publish() {
    return storage.publish(path.toString(), FILE, LONG);
  }

  private static byte[] content() {
    byte[] bytes = new byte[MIB];
    System.arraycopy(filled(1024, 1), 0, bytes, 0, 1024);
    System.arraycopy(filled(512, 2), 0, bytes, 8192, 512);
    return bytes;
  }

  private List<Path> entries() {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertCreated(Publication publication) throws Exception {
    assertThat(publication).isInstanceOf(Publication.Created.class);
    assertThat(Files.readAllBytes(path)).isEqualTo(content());
    assertThat(entries()).containsExactly(path);
    try (BlockStore store = ((Publication.Created) publication).store()) {
      assertThat(store.path()).isEqualTo(path.toString());
      assertThat(storage.leadsTo(path.toString(), store, LONG)).isTrue();
      Samples.write(store, 0, filled(512, 3));
    }
    assertThat(Files.readAllBytes(path)).startsWith(filled(512, 3));
  }

  private void assertFailed(Publication publication, int errno, String... words) {
    assertThat(publication)
        .isInstanceOfSatisfying(
            Publication.Failed.class,
            failed -> {
              assertThat(failed.error().errno()).isEqualTo(errno);
              assertThat(failed.error().path()).isEqualTo(path.toString());
              assertThat(failed.error().getMessage()).contains(path.toString());
              assertThat(List.of(words)).allMatch(failed.error().getMessage()::contains);
            });
    assertThat(entries()).isEmpty();
  }

  @Test
  void appearsCompleteAndAllocated() throws Exception {
    assertCreated(publish());
    long blocks = Long.parseLong(output("stat", "-c", "%b", path.toString()));
    assertThat(blocks * 512).isGreaterThanOrEqualTo(MIB);
  }

  private static String output(String... argv) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(argv).start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void hasTheModeAndOwnerThatWereAskedFor() throws Exception {
    int uid = (Integer) Files.getAttribute(directory, "unix:uid");
    int gid = (Integer) Files.getAttribute(directory, "unix:gid");
    boolean root = uid == 0;
    NewFile file =
        new NewFile(
            MIB,
            new TreeMap<>(),
            0664,
            OptionalInt.of(root ? 12345 : uid),
            OptionalInt.of(root ? 23456 : gid));
    Publication made = storage.publish(path.toString(), file, LONG);
    assertThat(made).isInstanceOf(Publication.Created.class);
    ((Publication.Created) made).store().close();
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(file.uid().orElseThrow());
    assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(file.gid().orElseThrow());
  }

  @Test
  void leavesATakenNameAlone() throws IOException {
    Files.writeString(path, "somebody else's");
    assertThat(publish()).isEqualTo(new Publication.NameTaken());
    assertThat(path).hasContent("somebody else's");
    assertThat(entries()).containsExactly(path);
    Files.delete(path);
    Files.createSymbolicLink(path, directory.resolve("nowhere"));
    assertThat(publish()).isEqualTo(new Publication.NameTaken());
  }

  @Test
  void leavesWhatACrashedPublisherLeftBehindAlone() throws Exception {
    Path leftover = Files.write(directory.resolve(TemporaryName.of(1)), filled(512, 9));
    Publication made = publish();
    assertThat(made).isInstanceOf(Publication.Created.class);
    ((Publication.Created) made).store().close();
    assertThat(Files.readAllBytes(leftover)).isEqualTo(filled(512, 9));
    assertThat(storage.list(directory.toString(), LONG))
        .filteredOn(name -> !TemporaryName.is(name))
        .containsExactly("lease");
  }

  @Test
  void onlyOneOfManyPublishersGetsTheName() throws Exception {
    for (int round = 0; round < 10; round++) {
      List<Publication> results = publishAtOnce(12);
      assertThat(results).hasSize(12);
      List<Publication.Created> created =
          results.stream()
              .filter(Publication.Created.class::isInstance)
              .map(Publication.Created.class::cast)
              .toList();
      assertThat(created).hasSize(1);
      assertThat(results).filteredOn(Publication.NameTaken.class::isInstance).hasSize(11);
      assertThat(entries()).containsExactly(path);
      BlockStore store = created.getFirst().store();
      assertThat(storage.unlink(path.toString(), store, LONG)).isTrue();
      store.close();
    }
  }

  private List<Publication> publishAtOnce(int publishers) throws InterruptedException {
    List<Publication> results = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < publishers; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                results.add(publish());
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return results;
  }

  @Test
  void aLinkWhoseReplyWasLostIsALink() throws Exception {
    calls.lieOnce(Op.LINK, Errno.EEXIST);
    assertCreated(publish());
  }

  @Test
  void aLinkReportedAsFailedIsALinkAllTheSame() throws Exception {
    calls.lieOnce(Op.LINK, Errno.EIO);
    assertCreated(publish());
  }

  @Test
  void aLinkThatMayStillHappenIsUnknown() {
    calls.failOnce(Op.LINK, Errno.EIO);
    assertThat(publish()).isEqualTo(new Publication.Unknown());
    assertThat(entries()).isEmpty();
  }

  @Test
  void aSecondNameThatSomebodyElseMadeIsNotOurs() throws IOException {
    Files.writeString(path, "somebody else's");
    Path copy = directory.resolve("backup");
    calls.once(
        Op.LINK,
        real -> {
          try {
            Files.createLink(copy, Path.of(calls.made(Op.LINK).getFirst().path()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return real.getAsLong();
        });
    assertThat(publish()).isEqualTo(new Publication.Unknown());
    assertThat(path).hasContent("somebody else's");
    assertThat(entries()).containsExactlyInAnyOrder(path, copy);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.EOPNOTSUPP})
  void renamesWhereThereAreNoHardLinks(int errno) throws Exception {
    calls.failAlways(Op.LINK, errno);
    assertCreated(publish());
    assertThat(publish()).isEqualTo(new Publication.NameTaken());
    assertThat(entries()).containsExactly(path);
  }

  @Test
  void refusesAFileSystemThatCanNeitherLinkNorRenameWithoutReplacing() {
    calls.failOnce(Op.LINK, Errno.EPERM).failOnce(Op.RENAME, Errno.EINVAL);
    assertFailed(publish(), Errno.EINVAL, "neither link", "two hosts");
  }

  @Test
  void aRenameThatMayStillHappenIsUnknown() {
    calls.failOnce(Op.LINK, Errno.EPERM).failOnce(Op.RENAME, Errno.ETIMEDOUT);
    assertThat(publish()).isEqualTo(new Publication.Unknown());
  }

  @Test
  void writesZerosWhereSpaceCannotBeAllocatedOtherwise() throws Exception {
    calls.failOnce(Op.FALLOCATE, Errno.EOPNOTSUPP);
    assertCreated(publish());
    long written = calls.made(Op.PWRITE).stream().mapToLong(FaultyCalls.Call::bytes).sum();
    assertThat(written).isGreaterThanOrEqualTo(MIB + 1536);
  }

  @Test
  void saysThatTheSpaceDoesNotSuffice() {
    calls.failOnce(Op.FALLOCATE, Errno.ENOSPC);
    assertFailed(publish(), Errno.ENOSPC, "no space left", "1048576 bytes");
    calls.failOnce(Op.FALLOCATE, Errno.EOPNOTSUPP).failOnce(Op.PWRITE, Errno.ENOSPC);
    assertFailed(publish(), Errno.ENOSPC, "no space left");
    calls.failOnce(Op.PWRITE, Errno.EDQUOT);
    assertFailed(publish(), Errno.EDQUOT, "no space left");
  }

  @Test
  void goesOnAfterAShortWriteAndFailsWhenNothingIsWritten() throws Exception {
    calls.failOnce(Op.FALLOCATE, Errno.EOPNOTSUPP).once(Op.PWRITE, real -> 512);
    assertThat(publish()).isInstanceOfSatisfying(Publication.Created.class, c -> c.store().close());
    Files.delete(path);
    calls.once(Op.PWRITE, real -> 0);
    assertFailed(publish(), Errno.EIO);
  }

  @Test
  void failsWithoutTraceWhereDirectIoIsRefused() {
    calls.lieOnce(Op.OPEN, Errno.EINVAL); // Linux makes the file before it refuses
    assertThat(publish())
        .isInstanceOfSatisfying(
            Publication.Failed.class,
            failed -> assertThat(failed.error().getMessage()).contains("direct I/O"));
    assertThat(entries()).isEmpty();
    calls.closeAll(); // the descriptor that the faked refusal left open
  }

  @Test
  void failsWithoutTrace() {
    calls.failOnce(Op.SYNC, Errno.EIO);
    assertFailed(publish(), Errno.EIO, "cannot be created");
    calls.failOnce(Op.LINK, Errno.EACCES);
    assertFailed(publish(), Errno.EACCES, "access");
    calls.failOnce(Op.OPEN, Errno.EROFS);
    assertFailed(publish(), Errno.EROFS, "read-write");
  }

  @Test
  void failsWithoutTraceWhereTheOwnerCannotBeSet() {
    calls.failOnce(Op.SET_OWNER, Errno.EPERM);
    NewFile file =
        new NewFile(MIB, new TreeMap<>(), 0600, OptionalInt.of(12345), OptionalInt.empty());
    assertFailed(
        storage.publish(path.toString(), file, LONG), Errno.EPERM, "cannot be created", "access");
  }

  @Test
  void saysThatTheDirectoryIsMissing() {
    path = directory.resolve("none/lease");
    assertFailed(publish(), Errno.ENOENT, "directory does not exist");
  }

  @Test
  void refusesARelativePath() {
    assertThat(storage.publish("lease", FILE, LONG))
        .isInstanceOfSatisfying(
            Publication.Failed.class,
            failed -> assertThat(failed.error().errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  void aNameThatMayNotBeOnStableStorageIsUnknown() {
    // The file is synced first, then its directory.
    calls.once(Op.SYNC, real -> real.getAsLong()).failOnce(Op.SYNC, Errno.EIO);
    assertThat(publish()).isEqualTo(new Publication.Unknown());
    assertThat(entries()).containsExactly(path);
  }

  @Test
  void aDirectoryThatCannotBeSyncedNeedNotBe() throws Exception {
    calls.once(Op.SYNC, real -> real.getAsLong()).failOnce(Op.SYNC, Errno.EINVAL);
    assertCreated(publish());
  }

  @Test
  void aPublisherThatIsLateBeforeTheLinkGivesUp() throws StorageException {
    Hang hang = calls.hangOnce(Op.FALLOCATE);
    assertThat(storage.publish(path.toString(), FILE, SHORT)).isEqualTo(new Publication.Unknown());
    hang.awaitEntered();
    hang.release();
    Samples.until(() -> entries().isEmpty());
    assertThat(calls.made(Op.LINK)).isEmpty();
  }

  @Test
  void aPublisherThatIsLateInTheLinkClosesWhatItMade() {
    Hang hang = calls.hangOnce(Op.LINK);
    Duration timeout = SHORT;
    while (calls.made(Op.LINK).isEmpty()) { // a slow machine may be late before it comes to that
      assertThat(storage.publish(path.toString(), FILE, timeout))
          .isEqualTo(new Publication.Unknown());
      timeout = timeout.multipliedBy(2);
    }
    hang.release();
    Samples.until(() -> entries().equals(List.of(path)) && calls.open().isEmpty());
  }
}
