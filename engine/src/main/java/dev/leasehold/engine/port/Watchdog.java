// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.port;

/**
 * What resets this host when a lease was lost and its holders could not be stopped (algorithms.md
 * 6). Thread-safe.
 */
public interface Watchdog {

  /** Whether a reset is really armed by {@link Test#live}; if not, that is said loudly. */
  boolean protects();

  /**
   * In words, for status, e.g. "wdmd, fires after 60 s" or "none: leases are guarded by killing
   * only".
   */
  String description();

  /** For how many lockspaces a reset is armed now. */
  default int armed() {
    return 0;
  }

  /**
   * Whether a test that is armed when this process dies still expires, whatever a process after
   * this one opens. If not, nothing may be opened before everything that it guarded has ended.
   */
  default boolean remembersTests() {
    return true;
  }

  /**
   * Connects before a lockspace is joined.
   *
   * @param name e.g. {@code sanlock_LS:1}, at most 127 bytes
   * @throws WatchdogException if it cannot be reached or has another fire timeout
   */
  Test open(String name) throws WatchdogException;

  /** One lockspace's test. */
  interface Test extends AutoCloseable {
    /**
     * Registers and arms, or renews: the host is reset unless renewed or cleared before expiry.
     *
     * @param renewalSeconds CLOCK_MONOTONIC seconds that were written to disk
     * @param expireSeconds CLOCK_MONOTONIC seconds
     * @throws WatchdogException if the watchdog did not take it
     */
    void live(long renewalSeconds, long expireSeconds) throws WatchdogException;

    /** Disarms: nobody uses the lockspace any more. */
    void clear() throws WatchdogException;

    @Override
    void close();
  }

  /** The watchdog did not do as asked. */
  final class WatchdogException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong and what to do
     */
    public WatchdogException(String message) {
      super(message);
    }
  }
}
