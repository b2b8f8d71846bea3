// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.lease.Clock;
import java.time.Duration;

/**
 * A moment of boot time.
 *
 * @param clock tells boot time
 * @param nanos the moment, saturated
 */
record BootDeadline(Clock clock, long nanos) {

  static BootDeadline in(Duration duration, Clock clock) {
    long now = clock.bootNanos();
    long length = saturatedNanos(duration);
    return new BootDeadline(clock, length > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + length);
  }

  Duration left() {
    return Duration.ofNanos(nanos - clock.bootNanos());
  }

  private static long saturatedNanos(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0
        ? Long.MAX_VALUE
        : duration.toNanos();
  }
}
