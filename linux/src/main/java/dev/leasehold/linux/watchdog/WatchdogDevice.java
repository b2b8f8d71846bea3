// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import java.io.IOException;

/**
 * An open watchdog timer: it runs from the moment of opening, and resets the host when it was not
 * pinged for its fire timeout. Used by one thread at a time.
 */
public interface WatchdogDevice {

  /**
   * Sets the fire timeout.
   *
   * @return what is in force, in seconds
   */
  int fireTimeout(int seconds) throws IOException;

  /** Starts the timer anew. */
  void ping() throws IOException;

  /** Stops the timer and closes. */
  void disarm();

  /** Closes and leaves the timer running: it was started anew a last time. */
  void abandon();

  /** Opens it. */
  @FunctionalInterface
  interface Opener {
    /** The device, with its timer running. */
    WatchdogDevice open() throws IOException;
  }
}
