// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.linux.LiveTerminal;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The screen of {@code leasehold top}. The storage is looked at by a thread of its own, so that the
 * screen follows keys and its size also while the storage hangs.
 */
final class TopLive {
  private static final int REMEMBERED = 500;
  private static final long POLL_MILLIS = 100;
  private static final LiveTerminal.Size USUAL = new LiveTerminal.Size(24, 80);

  /** The second screen of the terminal, without cursor; what was there comes back at the end. */
  private static final String ENTER = "\033[?1049h\033[?25l";

  private static final String LEAVE = "\033[?25h\033[?1049l";

  /** Terminals that know it show a frame only when it is whole; others ignore it. */
  private static final String FRAME = "\033[?2026h\033[H";

  private static final String FRAME_END = "\033[J\033[?2026l";

  private final TopSampler sampler;
  private final PrintStream out;
  private final Duration interval;
  private final long looks;
  private final boolean colours = System.getenv("NO_COLOR") == null;
  private final Deque<TopLook.Change> recent = new ArrayDeque<>();
  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private Optional<LiveTerminal.Size> drawn = Optional.empty();

  private sealed interface News {
    record Look(TopLook look) implements News {}

    record Quit() implements News {}

    record None() implements News {}
  }

  TopLive(TopSampler sampler, PrintStream out, Duration interval, long looks) {
    this.sampler = sampler;
    this.out = out;
    this.interval = interval;
    this.looks = looks;
  }

  /** Shows it until it is ended. */
  void show(TopLook first) {
    LiveTerminal terminal = LiveTerminal.open();
    Thread restore = new Thread(() -> restore(terminal), "terminal");
    Runtime.getRuntime().addShutdownHook(restore); // SIGTERM, SIGHUP, SIGINT
    out.print(ENTER);
    try {
      if (terminal.hasKeys()) {
        Thread.ofPlatform().daemon().start(this::readKeys);
      }
      Thread.ofPlatform().daemon().start(this::look);
      loop(first);
    } finally {
      restore(terminal);
    }
  }

  private void restore(LiveTerminal terminal) {
    synchronized (out) {
      out.print(LEAVE);
      out.flush();
    }
    terminal.close();
  }

  private void loop(TopLook first) {
    TopLook shown = first;
    Instant since = first.at();
    draw(shown, since);
    for (long number = 1; number < looks; ) {
      switch (next()) {
        case News.Look(TopLook look) -> {
          number++;
          shown = look;
          for (TopLook.Change change : look.changes()) {
            recent.addFirst(change);
          }
          while (recent.size() > REMEMBERED) {
            recent.removeLast();
          }
          draw(shown, since);
        }
        case News.Quit _ -> {
          return;
        }
        case News.None _ -> {
          if (!LiveTerminal.size().equals(drawn)) {
            draw(shown, since);
          }
        }
      }
    }
  }

  private News next() {
    try {
      return Optional.ofNullable(news.poll(POLL_MILLIS, TimeUnit.MILLISECONDS))
          .orElseGet(News.None::new);
    } catch (InterruptedException e) {
      return new News.Quit();
    }
  }

  private void draw(TopLook look, Instant since) {
    drawn = LiveTerminal.size();
    LiveTerminal.Size size = drawn.orElse(USUAL);
    TopScreen screen =
        new TopScreen(size.rows(), size.columns(), colours, TopCommand.isUnicode(out));
    List<String> lines = screen.render(look, List.copyOf(recent), since, "  q ends");
    StringBuilder frame = new StringBuilder(FRAME);
    for (int i = 0; i < lines.size(); i++) {
      // No line break after the last one: it would scroll.
      frame.append(lines.get(i)).append("\033[K").append(i == lines.size() - 1 ? "" : "\r\n");
    }
    frame.append(FRAME_END);
    synchronized (out) {
      out.print(frame);
      out.flush();
    }
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(interval);
        news.add(new News.Look(sampler.lookAgain()));
      }
    } catch (InterruptedException e) {
      // Nobody does that.
    }
  }

  /** Without signals from keys, Ctrl-C and Ctrl-D are keys like q. */
  private void readKeys() {
    try {
      int key = System.in.read();
      while (key >= 0 && key != 'q' && key != 'Q' && key != 3 && key != 4) {
        key = System.in.read();
      }
    } catch (IOException e) {
      // The terminal is gone.
    }
    news.add(new News.Quit());
  }
}
