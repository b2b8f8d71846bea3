// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Waits until something is so.
 *
 * @param limit after which it is a failure
 */
record Eventually(Duration limit) {

  static Eventually within(Duration limit) {
    return new Eventually(limit);
  }

  /**
   * Returns as soon as it is so.
   *
   * @return how long that took
   */
  Duration holds(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError("after " + limit + " it is still not so that " + what);
      }
      Thread.sleep(5); // between two looks; what is waited for has no other sign
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
