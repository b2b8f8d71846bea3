// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IoThreadsTest {

  private final AtomicInteger idled = new AtomicInteger();
  private final Set<Thread> used = ConcurrentHashMap.newKeySet();

  private static IoThreads.Job job(Runnable run, Runnable publish) {
    return new IoThreads.Job() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public void publish() {
        publish.run();
      }
    };
  }

  private IoThreads threads(Duration keepAlive) {
    return new IoThreads(keepAlive, idled::incrementAndGet);
  }

  private void runOne(IoThreads threads) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    assertThat(threads.start(job(() -> used.add(Thread.currentThread()), done::countDown)))
        .isTrue();
    done.await();
  }

  @Test
  void whoeverIsToldFindsTheThreadFree() throws InterruptedException {
    IoThreads threads = threads(Duration.ofSeconds(50));
    for (int i = 0; i < 1000; i++) {
      runOne(threads);
    }
    assertThat(used).hasSize(1);
    assertThat(threads.live()).isEqualTo(1);
  }

  @Test
  void aJobThatHangsDelaysNoOther() throws InterruptedException {
    IoThreads threads = threads(Duration.ofSeconds(50));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      threads.start(job(() -> await(release), released::countDown));
    }
    runOne(threads);
    assertThat(threads.live()).isEqualTo(11);
    release.countDown();
    released.await();
  }

  @Test
  void threadsWithoutWorkEndAndTheLastOneSaysSo() throws InterruptedException {
    IoThreads threads = threads(Duration.ofMillis(1));
    for (int round = 1; round <= 3; round++) {
      runOne(threads);
      Samples.until(() -> threads.live() == 0);
      int ends = round;
      Samples.until(() -> idled.get() == ends);
    }
  }

  @Test
  void noJobIsLostBetweenEndingAndStarting() throws InterruptedException {
    // Threads retire all the time: each job either finds one in time or gets a new one.
    IoThreads threads = threads(Duration.ofNanos(1));
    CountDownLatch done = new CountDownLatch(20_000);
    for (int i = 0; i < 20_000; i++) {
      assertThat(threads.start(job(() -> {}, done::countDown))).isTrue();
      if (i % 50 == 0) {
        Thread.yield();
      }
    }
    done.await();
    Samples.until(() -> threads.live() == 0);
  }

  @Test
  void threadsDoNotKeepTheProgramFromEnding() throws InterruptedException {
    runOne(threads(Duration.ofSeconds(50)));
    assertThat(used).allMatch(Thread::isDaemon);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
