// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.log;

import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The daemon's log. Whoever says something goes on at once: a thread of its own writes, and what it
 * cannot write in time is counted instead of waited for. Thread-safe.
 */
public final class DaemonLog {
  private static final int WAITING = 4096;
  private static final long POLL_MILLIS = 10;

  private final Clock clock;
  private final ZoneId zone;
  private final List<LogSink> sinks;
  private final LogMemory memory = new LogMemory();
  private final BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong said = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  /**
   * @param clock tells what lines are stamped with
   * @param zone of the times in {@link #dump}
   * @param sinks where lines go beside the memory
   */
  public DaemonLog(Clock clock, ZoneId zone, List<LogSink> sinks) {
    this.clock = clock;
    this.zone = zone;
    this.sinks = List.copyOf(sinks);
    if (!sinks.isEmpty()) {
      Thread.ofPlatform().daemon().name("leasehold-log").start(this::write);
    }
  }

  /** Says something. Never blocks. */
  public void say(System.Logger.Level level, String words) {
    LogLine line =
        new LogLine(
            level,
            clock.wallTime(),
            clock.monotonicSeconds(),
            Thread.currentThread().threadId(),
            words);
    memory.add(line);
    if (!sinks.isEmpty()) {
      if (queue.offer(line)) {
        said.incrementAndGet();
      } else {
        lost.incrementAndGet();
      }
    }
  }

  /** An error: something must be done about it. */
  public void error(String words) {
    say(System.Logger.Level.ERROR, words);
  }

  /** A warning. */
  public void warn(String words) {
    say(System.Logger.Level.WARNING, words);
  }

  /** Something an administrator may want to know. */
  public void info(String words) {
    say(System.Logger.Level.INFO, words);
  }

  /** Something a developer may want to know. */
  public void debug(String words) {
    say(System.Logger.Level.DEBUG, words);
  }

  private void write() {
    while (true) {
      try {
        LogLine line = queue.take();
        tellLost();
        sinks.forEach(sink -> sink.write(line));
      } catch (InterruptedException e) {
        // Nobody does that.
      } finally {
        written.incrementAndGet();
      }
    }
  }

  private void tellLost() {
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      LogLine gap =
          new LogLine(
              System.Logger.Level.WARNING,
              clock.wallTime(),
              clock.monotonicSeconds(),
              Thread.currentThread().threadId(),
              missing + " lines of the log are missing here: its readers were too slow");
      sinks.forEach(sink -> sink.write(gap));
    }
  }

  /** What {@code log_dump} prints. */
  public byte[] dump() {
    return memory.dump(zone);
  }

  /** Waits until what was said is written, but not longer than {@code limit}. */
  public void flush(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    long all = said.get();
    while (written.get() < all && System.nanoTime() - deadline < 0) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
