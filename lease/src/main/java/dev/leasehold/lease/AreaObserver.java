// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.lang.foreign.MemorySegment;

/** Is shown every complete read of the lockspace area, for the host status evaluation (4.4). */
@FunctionalInterface
public interface AreaObserver {

  /** Does not look. With it a join reads no more than sanlock does. */
  AreaObserver NONE = (area, started, ended) -> {};

  /**
   * A whole lockspace area was read. Also called when the checks of our own record are about to
   * fail.
   *
   * @param area all bytes of the area, read-only; valid only during the call
   * @param startedBootNanos {@link Clock#bootNanos()} before the read: what it shows is not older
   * @param endedBootNanos {@link Clock#bootNanos()} after the read: what it shows is not younger
   */
  void observed(MemorySegment area, long startedBootNanos, long endedBootNanos);
}
