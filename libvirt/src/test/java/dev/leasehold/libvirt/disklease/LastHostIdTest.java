// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastHostIdTest {
  @TempDir private Path state;

  private LastHostId of(String leaseDirectory) {
    return new LastHostId(state.resolve("made/when/needed"), leaseDirectory);
  }

  @Test
  void isKnownToTheNextStartAndForThatDirectoryOnly() {
    assertThat(of("/srv/a").get()).isEmpty();
    of("/srv/a").remember(7);
    of("/srv/b").remember(8);
    of("/srv/a").remember(9);
    assertThat(of("/srv/a").get()).hasValue(9);
    assertThat(of("/srv/b").get()).hasValue(8);
    assertThat(of("/srv/c").get()).isEmpty();
  }

  @Test
  void whatIsNoNumberIsNoId() throws IOException {
    of("/srv/a").remember(7);
    for (String text : new String[] {"", "\n", "seven\n", "7\n8\n", "99999999999999999999\n"}) {
      try (Stream<Path> files = Files.walk(state)) {
        Files.writeString(files.filter(Files::isRegularFile).findFirst().orElseThrow(), text);
      }
      assertThat(of("/srv/a").get()).as(text).isEmpty();
    }
  }

  /** A state directory that cannot be written to must not keep the host from joining. */
  @Test
  void whatCannotBeWrittenIsNotRemembered() throws IOException {
    LastHostId last = new LastHostId(Files.createFile(state.resolve("file")), "/srv/a");
    last.remember(7);
    assertThat(last.get()).isEmpty();
  }
}
