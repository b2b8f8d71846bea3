// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.simulator.cluster.WorstCase.Outcome;
import dev.leasehold.simulator.cluster.WorstCase.Scene;
import dev.leasehold.simulator.cluster.WorstCase.Way;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How much of the time between reset and take-over is left when everything is at its worst. That
 * one second less is too little is shown by the mutants.
 */
class WorstCaseTest {

  private static final double SECOND = 1e9;

  /** Beyond what the inequality says: looks that come some milliseconds after the second. */
  private static final double DELAYS = 0.25;

  @ParameterizedTest
  @CsvSource({
    "OWNER,1,60,0",
    "OWNER,1,60,500",
    "OWNER,10,60,0",
    "OWNER,10,60,500",
    "OWNER,2,10,500",
    "OWNER,20,60,500",
    "OWNER,100,60,500",
    "SHARED,10,60,0",
    "SHARED,10,60,500",
    "SHARED,20,60,500",
    // A join looks every 3 s: 8N + W + 1 must be a multiple of it.
    "HOST_ID,10,60,0",
    "HOST_ID,10,60,500",
    "HOST_ID,16,60,500",
  })
  void nobodyTakesOverBeforeTheReset(Way way, int ioTimeout, int watchdogFire, long ppm) {
    Scene scene = new Scene(1, way, ioTimeout, watchdogFire, ppm);
    Outcome outcome = WorstCase.play(scene);
    double dead = scene.hostDead();
    double slow = 1 - ppm / 1e6;
    double fast = 1 + ppm / 1e6;
    double reset = (outcome.resetAt() - outcome.renewedAt()) / SECOND;
    double granted = (outcome.grantedAt() - outcome.renewedAt()) / SECOND;
    System.out.printf("%s: reset after %.4f s, granted after %.4f s%n", scene, reset, granted);
    assertThat(outcome.violation()).isEmpty();
    // The very last moment that its watchdog has: the renewal was in the first millisecond.
    assertThat(reset).isBetween(dead / slow - 0.001, dead / slow);
    assertThat(granted).isBetween((dead + 1) / fast, (dead + 1) / fast + DELAYS);
  }
}
