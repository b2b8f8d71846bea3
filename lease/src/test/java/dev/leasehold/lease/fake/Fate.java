// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.time.Duration;

/** What becomes of a transfer. */
public sealed interface Fate {
  /** It is done at once. */
  Fate DONE = new Slow(Duration.ZERO);

  /** It never completes, and never has an effect. */
  Fate HANGS = new Slow(Duration.ofDays(1000));

  /** It fails at once. */
  static Fate fails(int errno) {
    return new Fails(errno, false);
  }

  /**
   * It fails at once.
   *
   * @param applied whether a write has changed the disk all the same
   */
  record Fails(int errno, boolean applied) implements Fate {}

  /** It completes after this time, whether its deadline has passed by then or not. */
  record Slow(Duration duration) implements Fate {}

  /** It stays in flight until the test says what becomes of it. */
  record OnCommand(Late late) implements Fate {}

  /** Hold of a transfer that stays in flight. */
  final class Late {
    private Runnable land = () -> {};
    private Runnable vanish = () -> {};

    void attach(Runnable toLand, Runnable toVanish) {
      land = toLand;
      vanish = toVanish;
    }

    /** It takes effect now. */
    public void land() {
      land.run();
    }

    /** It ends without effect. */
    public void vanish() {
      vanish.run();
    }
  }
}
