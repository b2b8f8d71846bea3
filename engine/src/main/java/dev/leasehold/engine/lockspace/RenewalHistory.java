// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.RenewalRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last renewals of a lockspace, a ring (docs/spec/algorithms.md 4.7). Thread-safe. */
final class RenewalHistory {

  private final int size;
  private final Deque<RenewalRecord> records = new ArrayDeque<>();

  RenewalHistory(int size) {
    this.size = size;
  }

  /** A join (with no times) or a successful renewal. */
  synchronized void succeeded(long timestamp, Duration read, Duration write) {
    if (records.size() == size) {
      records.removeFirst();
    }
    records.addLast(new RenewalRecord(timestamp, read, write, 0, 0));
  }

  /** A failure is counted with the success before it. */
  synchronized void failed(boolean timedOut) {
    if (records.isEmpty()) {
      return;
    }
    RenewalRecord last = records.removeLast();
    records.addLast(
        new RenewalRecord(
            last.timestamp(),
            last.readTime(),
            last.writeTime(),
            last.nextTimeouts() + (timedOut ? 1 : 0),
            last.nextErrors() + (timedOut ? 0 : 1)));
  }

  /** Oldest first. */
  synchronized List<RenewalRecord> records() {
    return new ArrayList<>(records);
  }
}
