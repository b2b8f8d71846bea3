// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static dev.leasehold.linux.io.Samples.LONG;
import static dev.leasehold.linux.io.Samples.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.io.FaultyCalls.Op;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LinuxStorageTest {

  @TempDir(factory = BuildDirectory.class)
  Path directory;

  private final FaultyCalls calls = new FaultyCalls();
  private final LinuxStorage storage = new LinuxStorage(calls);

  private Path file(String name) throws IOException {
    return Files.write(directory.resolve(name), new byte[MIB]);
  }

  /** Opening fails with this error, with a message that names the path and has these words. */
  private void refuses(String path, int errno, String... words) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.open(path, LONG))
        .satisfies(
            e -> {
              assertThat(e.errno()).isEqualTo(errno);
              assertThat(e.path()).isEqualTo(path);
              assertThat(e.getMessage()).startsWith(Words.quote(path) + ": ");
              assertThat(List.of(words)).allMatch(e.getMessage()::contains);
              assertThat(e.getMessage()).doesNotContain("\n", "\0");
            });
    Samples.until(() -> calls.open().isEmpty());
  }

  @Test
  void opensAFileAndASymbolicLinkToOne() throws Exception {
    Path file = file("lease");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    try (BlockStore store = storage.open(link.toString(), LONG)) {
      assertThat(store.path()).isEqualTo(link.toString());
      assertThat(storage.leadsTo(file.toString(), store, LONG)).isTrue();
      assertThat(storage.leadsTo(link.toString(), store, LONG)).isTrue();
    }
  }

  @Test
  void refusesWhatIsNotThere() {
    refuses(directory.resolve("none").toString(), Errno.ENOENT, "ENOENT", "create it");
    refuses(directory.resolve("none/none").toString(), Errno.ENOENT);
    refuses(directory + "/a\nb", Errno.ENOENT, "a\\u000ab");
  }

  @Test
  void refusesWhatIsNoFileNorBlockDevice() throws Exception {
    refuses(directory.toString(), Errno.EISDIR, "directory");
    refuses("/dev/null", Errno.EINVAL, "neither a file nor a block device");
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    refuses(fifo.toString(), Errno.EINVAL, "neither a file nor a block device");
    assertThat(calls.made(Op.OPEN)).as("opening could have effects").isEmpty();
  }

  @Test
  void refusesPathsThatMeanSomethingElseToTheKernel() {
    refuses("lease", Errno.EINVAL, "absolute");
    refuses("", Errno.EINVAL, "absolute");
    refuses("/dev/zero\0/lease", Errno.EINVAL, "NUL");
    refuses("/a\uD800b", Errno.EILSEQ, "UTF-8");
    refuses("/" + "x/".repeat(2500), Errno.ENAMETOOLONG, "4095", "(5001 characters)");
    refuses("/" + "x".repeat(256), Errno.ENAMETOOLONG, "255");
  }

  @Test
  void refusesBrokenSymbolicLinks() throws IOException {
    Path dangling =
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("none"));
    refuses(dangling.toString(), Errno.ENOENT);
    Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
    refuses(loop.toString(), Errno.ELOOP, "symbolic links");
    refuses(file("lease") + "/x", Errno.ENOTDIR, "a part of the path is a file");
  }

  @Test
  void refusesAFileThatMayNotBeWritten() throws IOException {
    Path file = file("lease");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    if (Files.isWritable(file)) {
      // Root may write every file: the kernel's answer is made up.
      calls.failOnce(Op.OPEN, Errno.EACCES);
    }
    refuses(file.toString(), Errno.EACCES, "access");
  }

  @Test
  void refusesAFileSystemWithoutDirectIo() throws IOException {
    String path = file("lease").toString();
    calls.failOnce(Op.OPEN, Errno.EINVAL);
    refuses(path, Errno.EINVAL, "direct I/O", "ext4, XFS or NFS");
  }

  @Test
  void tellsWhatToDoAboutLimits() throws IOException {
    String path = file("lease").toString();
    calls.failOnce(Op.OPEN, Errno.EMFILE);
    refuses(path, Errno.EMFILE, "LimitNOFILE");
    calls.failOnce(Op.OPEN, Errno.EIO);
    refuses(path, Errno.EIO, "kernel log");
    calls.failOnce(Op.STATUS, Errno.EIO);
    refuses(path, Errno.EIO, "EIO");
  }

  @Test
  void findsTheUnitByProbingOnceADeviceWhereNobodyTells() throws Exception {
    calls.hideAlignment();
    for (String name : List.of("a", "b")) {
      try (BlockStore store = storage.open(file(name).toString(), LONG)) {
        assertThat(store.ioUnit()).isEqualTo(512);
      }
    }
    assertThat(calls.made(Op.PREAD)).hasSize(1);
  }

  @Test
  void findsALargeUnitByProbing() throws Exception {
    calls.hideAlignment();
    calls.once(Op.PREAD, real -> -Errno.EINVAL);
    try (BlockStore store = storage.open(file("lease").toString(), LONG)) {
      assertThat(store.ioUnit()).isEqualTo(4096);
    }
  }

  @Test
  void refusesAFileThatTakesNoDirectRead() throws Exception {
    calls.hideAlignment();
    calls.failAlways(Op.PREAD, Errno.EINVAL);
    refuses(file("lease").toString(), Errno.EINVAL, "direct I/O");
    calls.failAlways(Op.PREAD, Errno.EIO);
    refuses(file("other").toString(), Errno.EIO, "cannot be read");
  }

  @Test
  void anEmptyFileShowsNoUnit() throws Exception {
    calls.hideAlignment();
    Path empty = Files.createFile(directory.resolve("empty"));
    for (int i = 1; i <= 2; i++) {
      storage.open(empty.toString(), LONG).close();
      assertThat(calls.made(Op.PREAD)).hasSize(i);
    }
  }

  @Test
  void knowsWhenANameLeadsElsewhere() throws Exception {
    Path file = file("lease");
    try (BlockStore store = storage.open(file.toString(), LONG)) {
      Files.delete(file);
      assertThat(storage.leadsTo(file.toString(), store, LONG)).isFalse();
      assertThat(storage.unlink(file.toString(), store, LONG)).isFalse();
      file("lease");
      assertThat(storage.leadsTo(file.toString(), store, LONG)).isFalse();
      assertThat(storage.unlink(file.toString(), store, LONG)).isFalse();
      assertThat(file).exists();
      assertThat(storage.leadsTo(file + "/x", store, LONG)).isFalse();
    }
  }

  @Test
  void removesTheNameOfTheVeryFileThatIsOpen() throws Exception {
    Path file = file("lease");
    try (BlockStore store = storage.open(file.toString(), LONG)) {
      assertThat(storage.unlink(file.toString(), store, LONG)).isTrue();
      assertThat(file).doesNotExist();
      assertThat(storage.unlink(file.toString(), store, LONG)).isFalse();
      Samples.write(store, 0, new byte[512]);
    }
  }

  @Test
  void tellsWhyANameCannotBeRemoved() throws Exception {
    Path file = file("lease");
    calls.failOnce(Op.UNLINK, Errno.EACCES);
    try (BlockStore store = storage.open(file.toString(), LONG)) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> storage.unlink(file.toString(), store, LONG))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES))
          .withMessageContaining("cannot be removed");
    }
  }

  @Test
  void listsNamesOfAllKindsAndMoreThanOneBufferHolds() throws Exception {
    List<String> names = new ArrayList<>(List.of(".hidden", "a b", "ß漢\uD83D\uDD12", "x\ny"));
    for (int i = 0; i < 500; i++) {
      names.add("name-%0200d".formatted(i));
    }
    for (String name : names) {
      Files.createFile(directory.resolve(name));
    }
    assertThat(storage.list(directory.toString(), LONG)).containsExactlyInAnyOrderElementsOf(names);
    assertThat(calls.open()).isEmpty();
  }

  @Test
  void tellsWhyADirectoryCannotBeListed() throws IOException {
    String none = directory.resolve("none").toString();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.list(none, LONG))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .withMessageContaining(none);
    String file = file("lease").toString();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.list(file, LONG))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTDIR));
    calls.failOnce(Op.ENTRIES, Errno.EIO);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> storage.list(directory.toString(), LONG))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    assertThat(calls.open()).isEmpty();
  }
}
