// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that the simulator catches bugs: every deliberate one, within a stated number of seeds.
 * They are counted from a seed near one that is known to show it; {@code
 * -Dleasehold.simulate.mutants.from=1} searches from there on instead. {@code
 * -Dleasehold.simulate.mutants=TEXT} runs those whose name contains the text.
 */
class MutantsTest {

  @TempDir Path work;

  static List<Mutant> all() {
    String only = System.getProperty("leasehold.simulate.mutants", "");
    return Mutants.all().stream().filter(mutant -> mutant.name().contains(only)).toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isFound(Mutant mutant) throws IOException {
    Path root = Path.of(System.getProperty("leasehold.root", ".."));
    UnaryOperator<String> run = new Patcher(root, work).load(mutant, MutantEntry.class);
    Mutant.Search search = mutant.search();
    long first = Long.getLong("leasehold.simulate.mutants.from", search.from());
    long seed = first;
    String found = run.apply(search.order(seed));
    while (!isExpected(mutant, found) && seed + 1 < first + search.seeds()) {
      seed++;
      found = run.apply(search.order(seed));
    }
    System.out.printf("mutant \"%s\": seed %d: %s%n", mutant, seed, brief(found));
    assertThat(isExpected(mutant, found))
        .as("mutant \"%s\" is found within %d seeds from %d", mutant, search.seeds(), first)
        .isTrue();
  }

  private static boolean isExpected(Mutant mutant, String found) {
    return !found.isEmpty() && found.startsWith(mutant.expected());
  }

  private static String brief(String found) {
    return found.length() > 160 ? found.substring(0, 160) + "…" : found;
  }
}
