// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.util.SplittableRandom;

/** Randomness that can be had again: {@code -Dleasehold.seed=N} replays. */
final class Seeds {
  private Seeds() {}

  static SplittableRandom random(String what) {
    long seed = Long.getLong("leasehold.seed", 20_240_229L);
    System.out.println("seed " + seed + " for " + what);
    return new SplittableRandom(seed ^ what.hashCode());
  }
}
