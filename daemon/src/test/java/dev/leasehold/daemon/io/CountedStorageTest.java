// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.daemon.io.IoCounts.Kind;
import dev.leasehold.daemon.io.IoCounts.Operation;
import dev.leasehold.daemon.io.IoCounts.Result;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over the real storage: every transfer is counted once, names are still compared. */
class CountedStorageTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Test
  void countsByOutcome(@TempDir(factory = InTarget.class) Path directory) throws Exception {
    Path file = directory.resolve("area");
    Files.write(file, new byte[4096]);
    IoCounts counts = new IoCounts();
    CountedStorage storage = new CountedStorage(new LinuxStorage(), counts);
    try (BlockStore store = storage.open(file.toString(), TIMEOUT);
        Block block = store.block(4096)) {
      assertThat(store.write(0, block, TIMEOUT)).isInstanceOf(Outcome.Done.class);
      assertThat(store.read(0, block, TIMEOUT)).isInstanceOf(Outcome.Done.class);
      assertThat(store.read(0, block, TIMEOUT)).isInstanceOf(Outcome.Done.class);
      assertThat(store.read(8192, block, TIMEOUT)).isInstanceOf(Outcome.Failed.class);
      assertThat(storage.leadsTo(file.toString(), store, TIMEOUT)).isTrue();
      assertThat(storage.unlink(file.toString(), store, TIMEOUT)).isTrue();
    }
    assertThat(counts.count(Kind.FILE, Operation.WRITE, Result.DONE)).isEqualTo(1);
    assertThat(counts.count(Kind.FILE, Operation.READ, Result.DONE)).isEqualTo(2);
    assertThat(counts.count(Kind.FILE, Operation.READ, Result.FAILED)).isEqualTo(1);
    assertThat(counts.count(Kind.DEVICE, Operation.READ, Result.DONE)).isZero();
    counts.add(Kind.DEVICE, Operation.WRITE, new Outcome.Unknown(longer -> new Outcome.Done()));
    assertThat(counts.count(Kind.DEVICE, Operation.WRITE, Result.UNKNOWN)).isEqualTo(1);
  }

  /** Direct I/O may be refused where the system has its temporary files. */
  static final class InTarget implements org.junit.jupiter.api.io.TempDirFactory {
    @Override
    public Path createTempDirectory(
        org.junit.jupiter.api.extension.AnnotatedElementContext element,
        org.junit.jupiter.api.extension.ExtensionContext context)
        throws java.io.IOException {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "io-");
    }
  }
}
