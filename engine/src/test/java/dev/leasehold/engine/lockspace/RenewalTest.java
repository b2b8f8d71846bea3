// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The renewal loop: docs/spec/algorithms.md 2.3, 4.7, 6.3. */
class RenewalTest {

  @Test
  void renewsEveryTwoIoTimeoutsAndAHalfSecond() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 10);
          long written = lab.time.bootNanos() - 20 * Lab.SECOND;
          lab.sleep(70);
          assertThat(host.heard("renewed"))
              .extracting(heard -> heard.at() - written / (double) Lab.SECOND)
              .satisfiesExactly(
                  at -> assertThat(at).isCloseTo(20.5, within(0.001)),
                  at -> assertThat(at).isCloseTo(41.0, within(0.001)),
                  at -> assertThat(at).isCloseTo(61.5, within(0.001)),
                  at -> assertThat(at).isCloseTo(82.0, within(0.001)));
        });
  }

  @Test
  void feedsTheWatchdogWithWhatIsOnDisk() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 10);
          lab.sleep(25);
          long ts = lab.record(1).timestamp();
          assertThat(host.watchdog.log).last().isEqualTo("live " + ts + " " + (ts + 80));
          assertThat(host.watchdog.log).hasSize(4);
        });
  }

  @Test
  void triesAgainHalfASecondAfterAFailureAndCountsIt() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 10);
          lab.storage.always(Lab.areaReads("a"), Fault.EIO);
          lab.sleep(2.25);
          lab.storage.heal();
          lab.sleep(1);
          List<TestHost.Heard> failures = host.heard("failed EIO");
          assertThat(failures).hasSize(4);
          assertThat(failures.get(1).at() - failures.get(0).at()).isCloseTo(0.5, within(0.001));
          assertThat(host.heard("renewed")).hasSize(1);
          List<RenewalRecord> history = host.lockspaces.renewalHistory(Lab.NAME);
          assertThat(history).hasSize(2);
          assertThat(history.getFirst().readTime()).isEqualTo(Duration.ZERO);
          assertThat(history.getFirst().nextErrors()).isEqualTo(4);
          assertThat(history.getFirst().nextTimeouts()).isZero();
          assertThat(host.lockspaces.lockspace(Lab.NAME).orElseThrow().lastResult()).isEmpty();
        });
  }

  @Test
  void countsTimeoutsApartAndUsesALateRead() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 10);
          lab.storage.once(Lab.areaReads("a"), Fault.HANG);
          lab.sleep(12);
          assertThat(host.heard("failed AIO_TIMEOUT")).hasSize(1);
          assertThat(host.lockspaces.lockspace(Lab.NAME).orElseThrow().lastResult())
              .contains(ErrorCode.AIO_TIMEOUT);
          lab.storage.unhang();
          lab.sleep(1);
          assertThat(host.heard("renewed")).hasSize(1);
          RenewalRecord first = host.lockspaces.renewalHistory(Lab.NAME).getFirst();
          assertThat(first.nextTimeouts()).isEqualTo(1);
        });
  }

  @Test
  void tellsOfRiskAfterFourIoTimeoutsThenEveryOneUntilARenewalSucceeds() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 10);
          double success = lab.time.bootNanos() / (double) Lab.SECOND - 20;
          lab.storage.always(Lab.areaReads("a"), Fault.EIO);
          lab.sleep(42);
          lab.storage.heal();
          lab.sleep(5);
          assertThat(host.heard("atRisk"))
              .extracting(heard -> Math.round(heard.at() - success) + " " + heard.what())
              .containsExactly("40 atRisk 40", "50 atRisk 30", "60 atRisk 20");
          assertThat(host.heard("outOfRisk")).hasSize(1);
          lab.sleep(60);
          assertThat(host.heard("atRisk")).hasSize(3);
          assertThat(host.heard("lost")).isEmpty();
        });
  }

  @Test
  void carriesEventAndBitsWithTheNextRenewals() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 1);
          host.lockspaces.setEvent(Lab.NAME, 7, 3, 5, 9, Set.of());
          host.membership().notifyHost(8);
          host.membership().notifyHost(1);
          assertThat(lab.sector(1).bitmap().isEmpty()).isTrue();
          lab.sleep(2.6);
          assertThat(lab.sector(1).leader().event()).isEqualTo(new HostEvent(3, 5, 9));
          assertThat(lab.sector(1).bitmap().hostIds()).containsExactly(7L, 8L);
          // After 6N the bits are gone; the event stays in the record.
          lab.sleep(6.5);
          assertThat(lab.sector(1).bitmap().isEmpty()).isTrue();
          assertThat(lab.sector(1).leader().event()).isEqualTo(new HostEvent(3, 5, 9));
          host.lockspaces.setEvent(Lab.NAME, 7, 0, 0, 0, Set.of(HostEventFlag.CLEAR_EVENT));
          lab.sleep(2.6);
          assertThat(lab.sector(1).leader().event().isNone()).isTrue();
        });
  }

  @Test
  void theHistoryIsARing() {
    RenewalHistory history = new RenewalHistory(2);
    history.failed(true);
    assertThat(history.records()).isEmpty();
    for (int i = 1; i <= 3; i++) {
      history.succeeded(i, Duration.ofMillis(i), Duration.ofMillis(10L * i));
    }
    history.failed(true);
    history.failed(false);
    assertThat(history.records())
        .containsExactly(
            new RenewalRecord(2, Duration.ofMillis(2), Duration.ofMillis(20), 0, 0),
            new RenewalRecord(3, Duration.ofMillis(3), Duration.ofMillis(30), 1, 1));
  }
}
