// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFileTest {

  private static final String REST =
      " S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 10 18446744073709551615";

  @ParameterizedTest
  @ValueSource(strings = {"sleep", "a b", "((", "))", ") S 1 2 3 4 (", "\n", ""})
  void findsTheStartTimeWhateverTheCommandIsCalled(String command) {
    assertThat(ProcFile.startTicks("42 (" + command + ")" + REST)).hasValue(987654);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "42 sleep S 1",
        "42 (sleep)",
        "42 (sleep) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0",
        "42 (sleep) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 -5 1",
        "42 (sleep) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9999999999999999999 1"
      })
  void refusesWhatIsNoStatLine(String stat) {
    assertThat(ProcFile.startTicks(stat)).isEmpty();
  }

  @Test
  void tellsNothingOfAProcessThatIsNotThere() {
    assertThat(ProcFile.startTicks(Integer.MAX_VALUE)).isEmpty();
  }

  @Test
  void tellsTheBoot() {
    assertThat(ProcFile.bootId()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }
}
