// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A latch stands for storage that hangs. */
class AsideTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @Test
  void aLookIsOnAThreadOfTheSystem() throws Exception {
    assertThat(new Aside(LONG).get("it", () -> Thread.currentThread().isVirtual())).isFalse();
  }

  @Test
  void aLookThatHangsIsNotWaitedFor() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    try {
      assertThatThrownBy(
              () -> new Aside(Duration.ofMillis(20)).get("disk /a", () -> awaited(hangs)))
          .isInstanceOf(LeaseFailure.class)
          .hasMessageContaining("disk /a: its storage did not answer within");
    } finally {
      hangs.countDown();
    }
  }

  @Test
  void looksThatHangDoNotUseUpTheThreadsOfTheSystem() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(Aside.MOST);
    Aside aside = new Aside(Duration.ofSeconds(1));
    List<Thread> callers = new ArrayList<>();
    try {
      for (int i = 0; i < Aside.MOST; i++) {
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        aside.get(
                            "it",
                            () -> {
                              begun.countDown();
                              return awaited(hangs);
                            });
                      } catch (LeaseFailure e) {
                        // It took too long, as it is meant to.
                      }
                    }));
      }
      assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
      assertThatThrownBy(() -> aside.get("disk /b", () -> true))
          .isInstanceOf(LeaseFailure.class)
          .hasMessageContaining("disk /b: not looked at");
    } finally {
      hangs.countDown();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    // Once the storage answers, all is as before.
    long end = System.nanoTime() + LONG.toNanos();
    while (!succeeds(aside)) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void whatALookSaysIsSaid() {
    assertThatThrownBy(
            () ->
                new Aside(LONG)
                    .get(
                        "it",
                        () -> {
                          throw LeaseFailure.unavailable("it is no disk");
                        }))
        .isInstanceOf(LeaseFailure.class)
        .hasMessage("it is no disk");
  }

  private static boolean succeeds(Aside aside) {
    try {
      return aside.get("disk /b", () -> true);
    } catch (LeaseFailure e) {
      return false;
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
