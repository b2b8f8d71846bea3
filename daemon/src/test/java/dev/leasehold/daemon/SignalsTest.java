// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsTest {
  /** The JVM would end when the thread that handles signals ends. */
  @Test
  void aSignalWhoseHandlingFailsEndsNothing() {
    List<String> said = new ArrayList<>();
    Signals signals =
        new Signals(
            number -> {
              throw new IllegalStateException("a fault");
            },
            said::add);
    signals.act(15);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("signal 15 is not obeyed")
        .contains("a fault");
  }
}
