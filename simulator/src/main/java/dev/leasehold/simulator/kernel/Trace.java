// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The event log of a run: always a running hash of every event, and the events' text when somebody
 * wants to read it. Not thread-safe.
 */
public final class Trace {

  /**
   * One line of the log.
   *
   * @param nanos simulated time
   * @param lane who it happened to: a host number from 1, or 0 for the storage and the world
   * @param text what happened
   */
  public record Line(long nanos, int lane, String text) {}

  private final boolean recording;
  private final List<Line> lines = new ArrayList<>();
  private long hash = 0xCBF29CE484222325L;

  /**
   * Sets it up.
   *
   * @param recording whether to keep the text
   */
  public Trace(boolean recording) {
    this.recording = recording;
  }

  /** Takes an event into the hash. */
  public void mix(long a, long b) {
    hash = (hash ^ a) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ b ^ (hash >>> 31)) * 0xBF58476D1CE4E5B9L;
  }

  /** Adds a line; the text is only made when it is kept. */
  public void line(long nanos, int lane, long code, Supplier<String> text) {
    mix(nanos, code * 31 + lane);
    if (recording) {
      lines.add(new Line(nanos, lane, text.get()));
    }
  }

  /** Whether text is kept. */
  public boolean recording() {
    return recording;
  }

  /** Equal for equal runs. */
  public long hash() {
    return hash;
  }

  /** What was kept, in order of time. */
  public List<Line> lines() {
    return lines;
  }
}
