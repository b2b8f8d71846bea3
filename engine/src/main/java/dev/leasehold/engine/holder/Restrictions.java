// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

/**
 * What a holder asked not to be done to it (docs/spec/algorithms.md 5.1, 4.6).
 *
 * @param all its connection takes no further message; kept here for status, enforced by the door
 * @param sigkill SIGTERM is sent where SIGKILL would be
 * @param sigterm SIGKILL is sent where SIGTERM would be
 */
public record Restrictions(boolean all, boolean sigkill, boolean sigterm) {
  /** Nothing is restricted. */
  public static final Restrictions NONE = new Restrictions(false, false, false);

  /** Linux SIGKILL. */
  public static final int SIGKILL = 9;

  /** Linux SIGTERM. */
  public static final int SIGTERM = 15;

  /**
   * The signal to send instead of {@code signal}. With both restricted a SIGKILL stays one: the two
   * rules are applied one after the other (docs/spec/algorithms.md 4.6).
   */
  public int substitute(int signal) {
    int first = signal == SIGKILL && sigkill ? SIGTERM : signal;
    return first == SIGTERM && sigterm ? SIGKILL : first;
  }
}
