// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Has TLC check the models of docs/tla (docs/tla.md): no error in them as they are, and every
 * variant that leaves out what safety rests on is found to break it.
 */
class TlaModelsTest {

  private static final long MINUTES = 10;

  @TempDir Path work;

  @ParameterizedTest
  @CsvSource({"DeltaLease", "PaxosLease"})
  void hasNoError(String model) throws Exception {
    assertThat(check(model, "", ""))
        .contains("Model checking completed. No error has been found.")
        .containsPattern("[0-9]{6,} distinct states found, 0 states left on queue");
  }

  @ParameterizedTest(name = "{0} with {1} = {2}: {3}")
  @CsvSource({
    "DeltaLease, Wait, 4, OneUser", // taken over without waiting for the watchdog
    "DeltaLease, ReadBack, FALSE, OneUser", // the second read of a join left out
    "PaxosLease, SecondRead, FALSE, OneHolder", // the second read of a ballot left out
    "PaxosLease, Adopt, FALSE, OneHolder", // accepted values not adopted
    "PaxosLease, Settle, FALSE, OneHolder", // a write sent while another one is in flight
  })
  void losesItsSafetyWithout(String model, String constant, String value, String invariant)
      throws Exception {
    assertThat(check(model, constant, value))
        .contains("Error: Invariant " + invariant + " is violated.");
  }

  private String check(String model, String constant, String value) throws Exception {
    Path models = Path.of(System.getProperty("leasehold.root", "..")).resolve("docs/tla");
    Files.copy(models.resolve(model + ".tla"), work.resolve(model + ".tla"));
    Files.write(
        work.resolve(model + ".cfg"),
        changed(Files.readAllLines(models.resolve(model + ".cfg")), constant, value));
    Path said = work.resolve("said");
    Process tlc =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-Djava.io.tmpdir=" + work,
                "-cp",
                System.getProperty("java.class.path"),
                "tlc2.TLC",
                "-workers",
                "1",
                "-metadir",
                work.resolve("states").toString(),
                model)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(tlc.waitFor(MINUTES, TimeUnit.MINUTES)).as("TLC ends").isTrue();
    } finally {
      tlc.destroyForcibly().waitFor();
    }
    return Files.readString(said, StandardCharsets.UTF_8);
  }

  private static List<String> changed(List<String> lines, String constant, String value)
      throws IOException {
    String start = "  " + constant + " = ";
    if (constant.isEmpty()) {
      return lines;
    }
    if (lines.stream().noneMatch(line -> line.startsWith(start))) {
      throw new IOException("no constant " + constant);
    }
    return lines.stream().map(line -> line.startsWith(start) ? start + value : line).toList();
  }
}
