// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonSighting;
import dev.leasehold.cli.hostdaemon.DaemonSpace;
import dev.leasehold.cli.hostdaemon.DaemonWatchdog;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.lease.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Host 7 with an io timeout of 10 s, which renews every 22 s at the latest. */
class HostsByDaemonTest {
  private static final HostLine READ =
      new HostLine(
          7,
          "kvm7",
          3,
          100,
          10,
          State.UNKNOWN,
          Optional.empty(),
          Optional.empty(),
          Duration.ZERO,
          Optional.empty(),
          Optional.empty());

  private static final DaemonSpace HERE =
      new DaemonSpace("LS", "/ls", 4, 9, 10, DaemonSpace.Health.WELL, Duration.ZERO);

  private long seconds = 1000;

  private HostsByDaemon daemon(Map<Long, DaemonSighting> seen) {
    Clock clock =
        new Clock() {
          @Override
          public long monotonicSeconds() {
            return seconds;
          }

          @Override
          public long bootNanos() {
            return Duration.ofSeconds(seconds).toNanos();
          }

          @Override
          public Instant wallTime() {
            return Instant.EPOCH;
          }
        };
    DaemonWatchdog none = new DaemonWatchdog(false, false, Optional.of(0L), 1, 60);
    long asked = Duration.ofSeconds(1000).toNanos();
    return new HostsByDaemon(
        new DaemonFacts("kvm4", none, List.of(HERE), Optional.of(HERE), seen, List.of(), asked),
        clock);
  }

  private HostLine judged(long generation, long timestamp, boolean changing, int looked, int at) {
    return daemon(
            Map.of(
                7L,
                new DaemonSighting(
                    generation,
                    timestamp,
                    changing,
                    Duration.ofSeconds(looked),
                    Duration.ofSeconds(at))))
        .judged(READ);
  }

  @Test
  void isAliveAsLongAsTheDaemonSawItRenewInTime() {
    HostLine alive = judged(3, 100, true, 1, 22);
    assertThat(alive.state()).isEqualTo(State.ALIVE);
    assertThat(alive.seen()).contains(Duration.ofSeconds(22));
    assertThat(alive.age()).isEmpty();
    assertThat(alive.renewed()).isEqualTo("seen 22 s ago");
  }

  @Test
  void isSilentOnceItHadTheTime() {
    HostLine silent = judged(3, 100, true, 1, 23);
    assertThat(silent.state()).isEqualTo(State.SILENT);
    assertThat(silent.silence()).hasSeconds(23);
    seconds += 1; // since the daemon was asked
    assertThat(judged(3, 100, true, 1, 22).state()).isEqualTo(State.SILENT);
  }

  @Test
  void isNotKnownWhileItsRecordWasNeverSeenToChangeAndIsWatchedOnFromThere() {
    HostLine unknown = judged(3, 100, false, 1, 15);
    assertThat(unknown.state()).isEqualTo(State.UNKNOWN);
    assertThat(unknown.silence()).hasSeconds(15);
    assertThat(judged(3, 100, false, 1, 23).state()).isEqualTo(State.SILENT);
  }

  @Test
  void aRecordThatChangedAfterTheLastLookIsOneOfALiveHost() {
    assertThat(judged(3, 80, true, 10, 10).seen()).contains(Duration.ZERO);
    assertThat(judged(2, 100, false, 10, 10).state()).isEqualTo(State.ALIVE);
  }

  @Test
  void butNotIfTheDaemonHasNotLookedForLong() {
    assertThat(judged(3, 80, true, 23, 30).state()).isEqualTo(State.UNKNOWN);
  }

  @Test
  void aHostThatTheDaemonDoesNotKnowStaysUnknown() {
    assertThat(daemon(Map.of()).judged(READ)).isEqualTo(READ);
  }

  @Test
  void itsOwnRecordIsThatOfItsGenerationOnly() {
    assertThat(daemon(Map.of()).isOwn(READ)).isFalse();
    HostLine own =
        new HostLine(
            4,
            "kvm4",
            9,
            100,
            10,
            State.UNKNOWN,
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty());
    assertThat(daemon(Map.of()).isOwn(own)).isTrue();
    HostLine usurper =
        new HostLine(
            4,
            "kvm5",
            10,
            100,
            10,
            State.UNKNOWN,
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty());
    assertThat(daemon(Map.of()).isOwn(usurper)).isFalse();
  }
}
