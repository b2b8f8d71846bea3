// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.EventSubscription;
import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.lease.HostCensus;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.HostViews;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two hosts that see each other and talk. */
class HostsAndEventsTest {

  private static final Duration NOW = Duration.ofNanos(1);

  @Test
  void hostsAreKnownRightAfterTheJoin() {
    Lab.run(
        lab -> {
          TestHost other = lab.host("b");
          other.join(2, 1);
          lab.sleep(10);
          TestHost host = lab.host("a");
          host.join(1, 1);
          assertThat(host.lockspaces.hosts(Lab.NAME, OptionalLong.empty()))
              .extracting(HostView::hostId)
              .contains(2L);
          HostSighting sighting = host.membership().hosts().sighting(2).orElseThrow();
          assertThat(sighting.generation()).isEqualTo(1);
          assertThat(sighting.ownerName().sameName(Name.of("b"))).isTrue();
          assertThat(host.membership().hosts().readDelta(2).timestamp()).isPositive();
          assertThat(host.membership().hosts().maxHosts()).isEqualTo(2000);
          assertThat(host.membership().highestHostIdUsed()).isEqualTo(2);
          lab.sleep(3.5);
          assertThat(state(host, 2)).isEqualTo(HostState.LIVE);
          assertThat(state(host, 1)).isEqualTo(HostState.LIVE);
        });
  }

  /** The safety of {@link HostCensus}: whoever it does not show has joined only when it is over. */
  @Test
  void aCensusIsOverBeforeAHostThatItDoesNotShowMayUseALease() {
    for (double offset : List.of(0.0, 0.0005, 0.3, 0.7, 0.999)) {
      Lab.run(
          lab -> {
            TestHost host = lab.host("a");
            host.join(1, 1);
            HostViews hosts = host.membership().hosts();
            HostCensus before = hosts.census().orElseThrow();
            assertThat(before.highest()).isEqualTo(1);
            lab.sleep(offset);
            // Still the same look: nothing was read.
            assertThat(hosts.census()).hasValue(before);
            lab.host("b").join(5, 1);
            assertThat(host.clock.bootNanos()).isGreaterThanOrEqualTo(before.goodUntil());
            assertThat(hosts.census().orElseThrow().highest()).isEqualTo(5);
          });
    }
  }

  @Test
  void aHostThatLeftStaysInTheCensusAndWithoutStorageThereIsNone() {
    Lab.run(
        lab -> {
          TestHost other = lab.host("b");
          other.join(7, 1);
          other.lockspaces.removeLockspace(Lab.spec(7), false);
          TestHost host = lab.host("a");
          host.join(1, 1);
          assertThat(host.membership().hosts().census().orElseThrow().highest()).isEqualTo(7);
          lab.storage.always(op -> true, Fault.EIO);
          lab.sleep(1.5);
          assertThat(host.membership().hosts().census()).isEmpty();
        });
  }

  private static HostState state(TestHost host, long hostId) throws Exception {
    return host.lockspaces.hosts(Lab.NAME, OptionalLong.of(hostId)).getFirst().state();
  }

  @Test
  void listsTheHostsThatAreThereOrTheOneAskedFor() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          assertThat(codeOf(() -> host.lockspaces.hosts(Lab.NAME, OptionalLong.empty())))
              .isEqualTo(ErrorCode.ENOENT);
          assertThat(codeOf(() -> host.lockspaces.hostStatus(Lab.NAME)))
              .isEqualTo(ErrorCode.ENOSPC);
          assertThat(codeOf(() -> host.lockspaces.renewalHistory(Lab.NAME)))
              .isEqualTo(ErrorCode.ENOSPC);
          TestHost other = lab.host("b");
          other.join(2, 1);
          other.lockspaces.removeLockspace(Lab.spec(2), false);
          host.join(1, 1);
          lab.sleep(3);
          assertThat(host.lockspaces.hosts(Lab.NAME, OptionalLong.empty()))
              .extracting(HostView::hostId)
              .containsExactly(1L);
          assertThat(state(host, 2)).isEqualTo(HostState.FREE);
          assertThat(state(host, 99)).isEqualTo(HostState.FREE);
          assertThat(host.lockspaces.hosts(Lab.NAME, OptionalLong.of(2001))).isEmpty();
          assertThat(host.lockspaces.hostStatus(Lab.NAME))
              .extracting(HostView::hostId)
              .containsExactly(1L, 2L);
        });
  }

  @Test
  void listenersAreToldWhenAHostFailsAndDies() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          TestHost other = lab.host("b");
          host.join(1, 1);
          other.join(2, 1);
          lab.sleep(5);
          assertThat(host.heard("host 2"))
              .extracting(TestHost.Heard::what)
              .containsExactly("host 2 LIVE");
          lab.storage.always(Lab.writes("b"), dev.leasehold.engine.resource.fake.Fault.EIO);
          lab.sleep(80);
          assertThat(host.heard("host 2"))
              .extracting(TestHost.Heard::what)
              .containsExactly("host 2 LIVE", "host 2 FAIL", "host 2 DEAD");
        });
  }

  @Test
  void anEventReachesEverySubscriberUntilItsBitExpires() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          TestHost other = lab.host("b");
          host.join(1, 1);
          other.join(2, 1);
          lab.sleep(3);
          try (EventSubscription one = host.lockspaces.subscribeEvents(Lab.NAME);
              EventSubscription two = host.lockspaces.subscribeEvents(Lab.NAME)) {
            other.lockspaces.setEvent(
                Lab.NAME, 1, 0, 42, 7, Set.of(HostEventFlag.CURRENT_GENERATION));
            ReceivedEvent wanted = new ReceivedEvent(1, 1, 42, 7, 2, 1);
            assertThat(one.next(Duration.ofSeconds(6))).contains(wanted);
            assertThat(two.next(Duration.ofSeconds(6))).contains(wanted);
            lab.sleep(15);
            List<ReceivedEvent> again = drain(one);
            assertThat(again).hasSizeBetween(1, 3).containsOnly(wanted);
            assertThat(host.holders.calls).containsOnlyOnce("examine LS");
            assertThat(other.holders.calls).isEmpty();
          }
        });
  }

  private static List<ReceivedEvent> drain(EventSubscription subscription) {
    List<ReceivedEvent> events = new ArrayList<>();
    for (Optional<ReceivedEvent> next = subscription.next(NOW);
        next.isPresent();
        next = subscription.next(NOW)) {
      events.add(next.get());
    }
    return events;
  }

  @Test
  void aRequestMakesTheOtherHostExamineItsLeases() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          TestHost other = lab.host("b");
          host.join(1, 1);
          other.join(2, 1);
          try (EventSubscription events = host.lockspaces.subscribeEvents(Lab.NAME)) {
            other.membership().notifyHost(1);
            lab.sleep(6);
            assertThat(host.holders.calls).containsExactly("examine LS");
            assertThat(drain(events)).isEmpty();
          }
          host.lockspaces.examineLockspace(Lab.NAME);
          host.lockspaces.examineLockspace(Name.of("unknown"));
          assertThat(host.holders.calls).containsExactly("examine LS", "examine LS");
        });
  }

  @Test
  void setEventChecksItsArguments() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          assertThat(codeOf(() -> event(host, Name.EMPTY, 1))).isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> event(host, Lab.NAME, 0))).isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> event(host, Lab.NAME, 2001))).isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> event(host, Lab.NAME, 1))).isEqualTo(ErrorCode.ENOENT);
          assertThat(codeOf(() -> host.lockspaces.subscribeEvents(Name.EMPTY)))
              .isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> host.lockspaces.subscribeEvents(Lab.NAME)))
              .isEqualTo(ErrorCode.ENOENT);
        });
  }

  private static void event(TestHost host, Name lockspace, long hostId)
      throws dev.leasehold.ondisk.LeaseException {
    host.lockspaces.setEvent(lockspace, hostId, 1, 1, 1, Set.of());
  }

  @Test
  void subscribersHavePlacesAndASlowOneIsDropped() {
    Lab.run(
        lab -> {
          EventHub hub = new EventHub(lab.time);
          List<EventSubscription> all = new ArrayList<>();
          for (int i = 0; i < EventHub.PLACES; i++) {
            all.add(hub.subscribe());
          }
          assertThat(codeOf(hub::subscribe)).isEqualTo(ErrorCode.ENOCSI);
          all.getFirst().close();
          all.add(hub.subscribe());
          ReceivedEvent event = new ReceivedEvent(1, 2, 3, 4, 5, 6);
          for (int i = 0; i < EventHub.QUEUE; i++) {
            assertThat(hub.deliver(event)).isZero();
          }
          assertThat(drain(all.get(1))).hasSize(EventHub.QUEUE);
          assertThat(hub.deliver(event)).isEqualTo(EventHub.PLACES - 1);
          assertThat(all.get(2).ended()).isTrue();
          // What was queued can still be read.
          assertThat(drain(all.get(2))).hasSize(EventHub.QUEUE);
          assertThat(all.get(1).ended()).isFalse();
          hub.close();
          assertThat(all.get(1).ended()).isTrue();
          assertThat(codeOf(hub::subscribe)).isEqualTo(ErrorCode.ENOENT);
        });
  }

  @Test
  void aSubscriptionEndsWithItsLockspaceAndWakesItsReader() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 1);
          EventSubscription events = host.lockspaces.subscribeEvents(Lab.NAME);
          long start = lab.time.bootNanos();
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          assertThat(events.next(Duration.ofSeconds(60))).isEmpty();
          assertThat(lab.since(start)).isLessThan(1);
          assertThat(events.ended()).isTrue();
        });
  }
}
