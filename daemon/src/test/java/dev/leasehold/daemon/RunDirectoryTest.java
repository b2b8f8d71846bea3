// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.linux.Account;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator reads when the run directory cannot be used. */
class RunDirectoryTest {
  private static final Account US = Account.current();

  @TempDir Path dir;

  private RunDirectory lock(Path path) throws IOException {
    return RunDirectory.lock(path, US, US.gid());
  }

  @Test
  void aMissingParentIsNamed() {
    assertThatThrownBy(() -> lock(dir.resolve("no/run")))
        .hasMessage(
            "the run directory %s cannot be made: %s does not exist",
            dir.resolve("no/run"), dir.resolve("no"));
  }

  @Test
  void aFileIsNoDirectory() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    assertThatThrownBy(() -> lock(file)).hasMessage(file + " is no directory");
  }

  @Test
  void onlyOneHasIt() throws Exception {
    Path run = dir.resolve("run");
    try (RunDirectory _ = lock(run)) {
      assertThatThrownBy(() -> lock(run)).hasMessageContaining("another daemon runs on " + run);
    }
    lock(run).close();
    assertThat(Files.readString(run.resolve("sanlock.pid")))
        .isEqualTo(ProcessHandle.current().pid() + "\n");
  }

  @Test
  void aPathAloneIsNoReason() {
    assertThat(WhyNot.words(new NoSuchFileException("/x")))
        .isEqualTo("/x: no such file or directory");
    assertThat(WhyNot.words(new AccessDeniedException("/x"))).isEqualTo("/x: permission denied");
    assertThat(WhyNot.words(new IOException("the reason"))).isEqualTo("the reason");
  }
}
