// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.daemon.journal.JournalText.Held;
import dev.leasehold.daemon.journal.JournalText.Space;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTextTest {
  private static final JournalText TEXT =
      new JournalText(
          "boot-1",
          List.of(new Space(Name.of("L S\n"), 17, 10), new Space(Name.of("B"), 18, 1)),
          List.of(
              new Held(
                  new ProcessId(4, 5),
                  Name.of("L S\n"),
                  new Restrictions(false, true, false),
                  Optional.of(new KillPath("/a b", "", true))),
              new Held(new ProcessId(6, 7), Name.of("B"), Restrictions.NONE, Optional.empty())));

  @TempDir Path dir;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    JournalFile file = new JournalFile(dir.resolve("journal"));
    assertThat(file.read()).isEmpty();
    file.write(TEXT);
    assertThat(file.read()).contains(TEXT);
  }

  @Test
  void aCutOneIsRefused() throws IOException {
    String text = TEXT.encode();
    for (int length = 0; length < text.length() - 1; length++) {
      String cut = text.substring(0, length);
      assertThatThrownBy(() -> JournalText.decode(cut)).isInstanceOf(RuntimeException.class);
    }
    Path path = Files.writeString(dir.resolve("journal"), text.substring(0, 40));
    assertThatThrownBy(() -> new JournalFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("remove it");
  }

  @Test
  void theGateFindsTheLockspaceInTheTestsName() {
    assertThat(GatedWatchdog.lockspace("sanlock_a:b:2000")).isEqualTo("a:b");
  }
}
