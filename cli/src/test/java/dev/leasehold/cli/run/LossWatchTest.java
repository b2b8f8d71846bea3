// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Terminal;
import dev.leasehold.engine.LossReason;
import dev.leasehold.ondisk.Name;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LossWatchTest {
  private static final Name SPACE = Name.of("space");

  private final CountDownLatch taken = new CountDownLatch(1);
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private int renewals;
  private int losses;

  /** A terminal after Ctrl-S: it takes nothing until {@link #taken}. */
  private final OutputStream stopped =
      new OutputStream() {
        @Override
        public void write(int b) {
          while (taken.getCount() > 0) {
            try {
              taken.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException("nobody interrupts tests", e);
            }
          }
          said.write(b);
        }
      };

  @Test
  void aTerminalThatTakesNothingDelaysNeitherTheGuardNorTheEnd() {
    PrintStream err = new PrintStream(stopped, true, StandardCharsets.UTF_8);
    try (Announcer announcer = new Announcer(new Terminal(err, err, false))) {
      LossWatch watch = new LossWatch(announcer, () -> renewals++, () -> losses++);
      try {
        watch.atRisk(SPACE, Duration.ofSeconds(4));
        watch.outOfRisk(SPACE);
        for (int i = 0; i < 1000; i++) {
          watch.note("more than is kept");
        }
        watch.renewed(SPACE, 1);
        assertThat(renewals).isEqualTo(1);
        watch.lost(SPACE, LossReason.EXPIRED, "no renewal");
        assertThat(losses).isEqualTo(1);
        assertThat(watch.lost()).contains("no renewal");
        assertThat(said.size()).isZero();
      } finally {
        taken.countDown();
      }
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("leasehold: the leases cannot be renewed")
        .contains("leasehold: the leases are renewed again\n");
  }
}
