// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.simulator.cluster.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code leasehold simulate} as a script calls it: what it refuses, and its one line. */
class SimulateCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Both ends are pipes. */
  private int simulate(String... args) {
    out.reset();
    err.reset();
    Terminal terminal = new Terminal(print(out), print(err), false);
    List<String> line = new ArrayList<>(List.of("simulate"));
    line.addAll(List.of(args));
    int code = Main.run(line, terminal);
    terminal.flush();
    return code;
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--sed 7|no option --sed; did you mean --seed?",
        "--seed|--seed needs a value: --seed N",
        "--seed x|--seed x: expected a number",
        "--seeds 0|--seeds 0: expected a number of seeds from 1",
        "--hosts 0|--hosts 0: expected machines from 1 to 20",
        "--hosts 21|--hosts 21: expected machines from 1 to 20",
        "--minutes 0|--minutes 0: expected minutes from 1 to 100000",
        "--forever=yes|--forever takes no value",
        "7|\"7\" is one argument too many",
      })
  void aMistakeIsNamedWithWhatIsAccepted(String line, String words) {
    assertThat(simulate(line.split(" ", -1))).as(err()).isEqualTo(ExitCode.USAGE.number());
    assertThat(err()).startsWith("leasehold: ").contains(words);
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "late-io;earthquake, earthquake",
    "-late-io;-earthquake, -earthquake",
    "crash;late io, late io",
    "crash;-late-io, -late-io",
    "-crash;late-io, late-io"
  })
  void aFaultThatDoesNotExistIsNamedWithThoseThatDo(String list, String bad) {
    String faults = list.replace(';', ',');
    assertThat(simulate("--faults", faults)).isEqualTo(ExitCode.USAGE.number());
    assertThat(err())
        .startsWith("leasehold: --faults " + faults + ": \"" + bad + "\" does not fit; expected")
        .contains("all, none, or names");
    for (Fault fault : Fault.values()) {
      assertThat(err()).contains(fault.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    assertThat(out()).isEmpty();
  }

  @Test
  void aSeedGivesTheSameVerdictAgainAndNothingElseIsSaid() {
    String first = verdict("--seed", "7", "--seeds", "2", "--hosts", "2", "--minutes", "3");
    assertThat(first).startsWith("no violation: 2 seeds from 7, 0.000 host-years, ");
    assertThat(verdict("--seed=7", "--seeds=2", "--hosts=2", "--minutes=3")).isEqualTo(first);
    assertThat(verdict("--seed", "8", "--seeds", "2", "--hosts", "2", "--minutes", "3"))
        .isNotEqualTo(first);
  }

  @Test
  void aFreshSeedIsSaidAndMeansTheSameRunAgain() {
    String first = verdict("--minutes", "1", "--faults", "none");
    assertThat(first).startsWith("no violation: 1 seeds from ");
    String seed = first.split("seeds from |,", -1)[1];
    assertThat(verdict("--seed", seed, "--minutes", "1", "--faults", "none")).isEqualTo(first);
  }

  /** The verdict of runs that end well, but for how fast this machine is. */
  private String verdict(String... args) {
    assertThat(simulate(args)).as(err()).isEqualTo(ExitCode.OK.number());
    assertThat(err()).isEmpty();
    assertThat(out()).matches("[^\\n]+ \\d+ host-seconds a second\\n");
    return out().replaceFirst("\\d+ host-seconds a second", "");
  }
}
