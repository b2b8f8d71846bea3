// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Something due: a call of the world's machinery, or the end of a task's wait.
 *
 * @param time nanoseconds
 * @param tie order among events of one moment, drawn from the seed
 * @param sequence order among equal ties
 * @param call the world's machinery, or none
 * @param task whose wait ends, or none
 * @param token which of its waits
 * @param timeout whether it ends by timeout
 */
record Event(
    long time,
    int tie,
    long sequence,
    @Nullable Runnable call,
    @Nullable SimTask task,
    long token,
    boolean timeout)
    implements Comparable<Event> {

  @Override
  public int compareTo(Event other) {
    int order = Long.compare(time, other.time);
    if (order == 0) {
      order = Integer.compare(tie, other.tie);
    }
    return order == 0 ? Long.compare(sequence, other.sequence) : order;
  }
}
