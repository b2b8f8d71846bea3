// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

/**
 * How to join.
 *
 * @param ioTimeout seconds, 1 to 255; 0 for the engine's default. All times of the lockspace derive
 *     from it; it is written to disk, and the other hosts reckon with it
 * @param previousInstanceGone whether the caller vouches that whoever wrote a record under our own
 *     host name, and every holder it served, is provably gone: only then is such a record taken
 *     over without the long wait (docs/spec/algorithms.md 8, item 0)
 * @param onLoss how the holders are stopped if the lockspace is lost
 */
public record JoinOptions(int ioTimeout, boolean previousInstanceGone, OnLoss onLoss) {

  /** The engine's io timeout, vouching for nothing, holders stopped by signals. */
  public static final JoinOptions DEFAULT = new JoinOptions(0, false, OnLoss.SIGNAL);

  /** How the graceful phase of recovery goes (docs/spec/algorithms.md 4.6). */
  public enum OnLoss {
    /** Killpath or SIGTERM at once, SIGKILL when the graceful period is over. */
    SIGNAL,
    /**
     * For a program that embeds the engine and holds the leases itself: {@link LeaseListener#lost}
     * is all that happens at first; the program is to stop its work and release the leases. If it
     * has not when the graceful period is over, it is killed all the same, because nothing else
     * keeps the data safe.
     */
    TELL_THEN_KILL
  }

  /** Checks the io timeout. */
  public JoinOptions {
    if (ioTimeout < 0 || ioTimeout > 255) {
      throw new IllegalArgumentException("io timeout is " + ioTimeout + ", expected 0 to 255");
    }
  }

  /** The same with an io timeout in seconds. */
  public JoinOptions withIoTimeout(int seconds) {
    return new JoinOptions(seconds, previousInstanceGone, onLoss);
  }

  /** The same; the caller vouches that the previous instance of this host name is gone. */
  public JoinOptions withPreviousInstanceGone() {
    return new JoinOptions(ioTimeout, true, onLoss);
  }

  /** The same with another way of stopping holders. */
  public JoinOptions withOnLoss(OnLoss way) {
    return new JoinOptions(ioTimeout, previousInstanceGone, way);
  }
}
