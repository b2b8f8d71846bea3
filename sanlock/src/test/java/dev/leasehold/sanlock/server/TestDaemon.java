// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.socket.PeerProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** The daemon around a door under test: remembers what was said. */
public final class TestDaemon implements DaemonSide {
  private final LinuxClock clock = new LinuxClock();
  private final List<String> lines = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Predicate<PeerProcess> allowed = peer -> true;

  @Override
  public DaemonFacts facts() {
    return DaemonFacts.defaults(false, 102, 105, (int) ProcessHandle.current().pid());
  }

  @Override
  public byte[] log() {
    return "2026-11-22 06:13:38 3593 [23276]: started".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void say(System.Logger.Level level, String line) {
    lines.add(level + " " + line);
    notifyAll();
  }

  /** What was said so far. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Waits until a line with these words was said. */
  public synchronized String awaitLine(String words) throws InterruptedException {
    while (true) {
      for (String line : lines) {
        if (line.contains(words)) {
          return line;
        }
      }
      wait();
    }
  }

  @Override
  public long monotonicSeconds() {
    return clock.monotonicSeconds();
  }

  @Override
  public boolean mayConnect(PeerProcess peer) {
    return allowed.test(peer);
  }

  /** Who may connect from now on. */
  public void allow(Predicate<PeerProcess> rule) {
    allowed = rule;
  }

  @Override
  public void engineEnded() {
    ended.countDown();
  }

  /** Counted down when a client has ended the engine. */
  public CountDownLatch ended() {
    return ended;
  }
}
