// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 4.6: how the arguments of a kill program are read. */
class KillPathTest {
  private static List<String> argv(String arguments) {
    return new KillPath("/bin/stop", arguments, false).argv(OptionalInt.of(77));
  }

  @Test
  void splitsAtWhiteSpace() {
    assertThat(argv("aa  bb\tcc\n")).containsExactly("/bin/stop", "aa", "bb", "cc");
    assertThat(argv("")).containsExactly("/bin/stop");
    assertThat(argv("   ")).containsExactly("/bin/stop");
  }

  @Test
  void backslashMakesSpaceAndBackslashLiteral() {
    assertThat(argv("aa bb\\ cc d\\\\e")).containsExactly("/bin/stop", "aa", "bb cc", "d\\e");
  }

  @Test
  void anyOtherEscapeEndsTheArguments() {
    assertThat(argv("aa b\\n cc")).containsExactly("/bin/stop", "aa", "b");
    assertThat(argv("aa\\")).containsExactly("/bin/stop", "aa");
  }

  @Test
  void whatIsNotPrintableEndsTheArguments() {
    assertThat(argv("aa b\u0001b cc")).containsExactly("/bin/stop", "aa", "b");
    assertThat(argv("aa é cc")).containsExactly("/bin/stop", "aa");
  }

  @Test
  void thereAreAtMostEightEntries() {
    assertThat(argv("1 2 3 4 5 6 7 8 9"))
        .containsExactly("/bin/stop", "1", "2", "3", "4", "5", "6", "7");
    assertThat(new KillPath("/bin/stop", "1 2 3 4 5 6 7", true).argv(OptionalInt.of(77)))
        .containsExactly("/bin/stop", "1", "2", "3", "4", "5", "6", "7");
  }

  @Test
  void thePidIsAppendedOnlyInRecoveryAndOnlyIfWanted() {
    KillPath wanting = new KillPath("/bin/stop", "aa bb\\ cc", true);
    assertThat(wanting.argv(OptionalInt.of(77))).containsExactly("/bin/stop", "aa", "bb cc", "77");
    assertThat(wanting.argv(OptionalInt.empty())).containsExactly("/bin/stop", "aa", "bb cc");
    assertThat(argv("aa")).containsExactly("/bin/stop", "aa");
  }
}
