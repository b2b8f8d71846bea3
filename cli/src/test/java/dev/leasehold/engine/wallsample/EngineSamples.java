// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.wallsample;

import java.io.IOException;
import java.util.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Code that the module engine must never hold, and some that it may; see {@code WallsTest}. */
public final class EngineSamples {
  private EngineSamples() {}

  static final class Sleeps {
    static void sleep() throws InterruptedException {
      Thread.sleep(1);
    }
  }

  static final class StartsAThread {
    static void start() {
      Thread.ofVirtual().start(() -> {});
    }
  }

  static final class HasAnExecutor {
    final Object value = Executors.newSingleThreadExecutor();
  }

  static final class HasATimer {
    final Object value = new Timer();
  }

  static final class Latches {
    final Object value = new CountDownLatch(1);
  }

  static final class WaitsOnAMonitor {
    static void hang(Object lock) throws InterruptedException {
      synchronized (lock) {
        lock.wait();
      }
    }
  }

  static final class WaitsForALock {
    static boolean lock(ReentrantLock lock) throws InterruptedException {
      return lock.tryLock(1, TimeUnit.SECONDS);
    }
  }

  static final class WaitsForACondition {
    static Object condition(ReentrantLock lock) {
      return lock.newCondition();
    }
  }

  static final class StartsAProcess {
    static Object start() throws IOException {
      return new ProcessBuilder("true").start();
    }
  }

  static final class LooksAtAProcess {
    final Object value = ProcessHandle.current();
  }

  static final class Exits {
    static void exit() {
      Runtime.getRuntime().halt(1);
    }
  }

  /** Locks without time, atomics and concurrent maps are part of the engine's own state. */
  public static final class Allowed {
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong count = new AtomicLong();
    private final ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();

    long use() throws IOException {
      lock.lock();
      try {
        map.put("a", "b");
        return count.incrementAndGet();
      } finally {
        lock.unlock();
      }
    }
  }
}
