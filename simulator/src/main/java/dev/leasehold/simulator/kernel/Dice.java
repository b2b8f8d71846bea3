// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A stream of chance. Each concern has a stream of its own, split from the run's seed, so that
 * switching one fault off leaves the others' draws as they were. Not thread-safe.
 */
public final class Dice {

  private final SplittableRandom random;

  /**
   * Sets it up.
   *
   * @param seed whole state of the stream
   */
  public Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A stream that depends on {@code seed} and {@code name} only. */
  public static Dice named(long seed, String name) {
    long mixed = seed * 0x9E3779B97F4A7C15L;
    for (int i = 0; i < name.length(); i++) {
      mixed = (mixed ^ name.charAt(i)) * 0x100000001B3L;
    }
    return new Dice(mixed ^ (mixed >>> 29));
  }

  /** The stream itself, for production code that wants a {@code RandomGenerator}. */
  public SplittableRandom generator() {
    return random;
  }

  /** True with probability {@code p}. */
  public boolean chance(double p) {
    return p > 0 && random.nextDouble() < p;
  }

  /** Uniform, {@code low} included, {@code high} excluded; {@code low} if that is empty. */
  public long between(long low, long high) {
    return high <= low ? low : random.nextLong(low, high);
  }

  /** Exponentially distributed with mean {@code mean}, at most ten times that. */
  public long around(long mean) {
    double factor = -Math.log(1 - random.nextDouble());
    return (long) (mean * Math.min(10.0, factor));
  }

  /** One of them. */
  public <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** A whole number below {@code bound}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** A number in [0, 1). */
  public double unit() {
    return random.nextDouble();
  }

  /** Any long. */
  public long any() {
    return random.nextLong();
  }
}
