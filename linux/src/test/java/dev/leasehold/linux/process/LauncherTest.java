// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.Privileges;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Programs on storage that hangs. */
class LauncherTest {
  private static final List<String> PROGRAM = List.of("/bin/stop", "a");

  private final CountDownLatch storageAnswers = new CountDownLatch(1);
  private final AtomicInteger starts = new AtomicInteger();
  private final Launcher launcher = new Launcher(Privileges.asWeAre(), this::hang);

  private boolean hang(List<String> argv) {
    starts.incrementAndGet();
    try {
      storageAnswers.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return true;
  }

  @Test
  void aStartThatHangsIsNotWaitedForAndNotMadeTwice() {
    assertThat(launcher.start(PROGRAM)).isFalse();
    assertThat(launcher.start(PROGRAM)).isFalse();
    assertThat(launcher.start(List.of("/bin/stop", "b"))).as("another one").isFalse();
    assertThat(starts).hasValue(2);
    storageAnswers.countDown();
    boolean started = false;
    while (!started) {
      started = launcher.start(PROGRAM);
    }
    assertThat(starts).as("the start that hung is the one that succeeded").hasValue(2);
    assertThat(launcher.start(PROGRAM)).as("asked for anew").isTrue();
    assertThat(starts).hasValue(3);
  }
}
