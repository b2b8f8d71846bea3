// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.LeaseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The example of docs/library.md, on this machine's own storage. */
@Timeout(60)
class OneWriterTest {

  /** Below the build's directory: /tmp may be a file system without direct I/O. */
  static final class BuildDirectory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "example")
          .toAbsolutePath();
    }
  }

  @TempDir(factory = BuildDirectory.class)
  private Path shared;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @Test
  void runsFromJoinToRelease() throws LeaseException {
    new OneWriter(said::add).run(shared, 1, 2);
    assertThat(said)
        .containsExactly(
            "acquired, version 1",
            "step 1 under version 1",
            "step 2 under version 1",
            "shared",
            "released");
    said.clear();
    new OneWriter(said::add).run(shared, 1, 1);
    assertThat(said).contains("acquired, version 2", "released");
  }

  @Test
  void aSecondInstanceIsRefusedAndToldWhoWrites() throws Exception {
    List<String> other = new CopyOnWriteArrayList<>();
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    Thread first =
        start(
            line -> {
              said.add(line);
              if (line.startsWith("step")) {
                writing.countDown();
                awaitQuietly(refused);
              }
            },
            1);
    assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
    new OneWriter(other::add).run(shared, 1, 1);
    refused.countDown();
    first.join();
    assertThat(other).hasSize(1);
    assertThat(other.getFirst()).startsWith("refused: ").contains("billing");
    assertThat(said).contains("released");
  }

  @Test
  void isToldOfALossAndWritesNoMore() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch lost = new CountDownLatch(1);
    Thread writer =
        start(
            line -> {
              said.add(line);
              if (line.startsWith("lost")) {
                lost.countDown();
              } else if (line.startsWith("step")) {
                writing.countDown();
                awaitQuietly(lost);
              }
            },
            1_000_000);
    assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
    overwriteEveryEventField();
    writer.join();
    assertThat(said).filteredOn(line -> line.startsWith("step")).hasSize(1);
    assertThat(said).doesNotContain("shared", "released");
  }

  private Thread start(Consumer<String> out, int steps) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                new OneWriter(out).run(shared, 1, steps);
              } catch (LeaseException e) {
                said.add("failed " + e.code());
              }
            });
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Somebody else's write to our record: -261 at the next renewal.
  private void overwriteEveryEventField() throws IOException {
    try (FileChannel file =
        FileChannel.open(
            shared.resolve("billing.lockspace"),
            StandardOpenOption.WRITE,
            StandardOpenOption.DSYNC)) {
      assertThat(file.write(ByteBuffer.wrap(new byte[] {7}), 176)).isEqualTo(1);
    }
  }
}
