// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people are told of a violation; no build without a bug has one, so mutants must. */
class ShrinkTest {

  @TempDir Path work;

  @ParameterizedTest
  @CsvSource({
    "an owner of the same generation counts as replaced, 1",
    "the watchdog is disarmed although a holder lives, 5"
  })
  void isMadeSmallAndTold(String name, long from) throws IOException {
    Mutant mutant =
        Mutants.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    Path root = Path.of(System.getProperty("leasehold.root", ".."));
    String told = new Patcher(root, work).load(mutant, ShrinkEntry.class).apply(from + ",2");
    assertThat(told).contains(mutant.expected());
  }
}
