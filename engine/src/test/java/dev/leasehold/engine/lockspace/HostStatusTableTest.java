// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.ReceivedEvent;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Host status: docs/spec/algorithms.md 4.4 and 4.5, receiving side. */
class HostStatusTableTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Geometry SIZES = Geometry.SECTOR_512;
  private static final long OWN = 1;

  private final MemorySegment area = MemorySegment.ofArray(Lab.area(Lab.NAME, 10));
  private final HostStatusTable table =
      new HostStatusTable(SIZES, Lab.NAME, OWN, new Timing(10, 60), 60 * SECOND);
  private long now = 1000;

  private HostStatusTable.Look lookAt(long second) {
    now = second;
    return table.look(area, second * SECOND - 5, second * SECOND);
  }

  private void change(long hostId, UnaryOperator<DeltaSector> change) {
    long at = SIZES.deltaOffset(hostId);
    change.apply(DeltaSector.decode(area, at)).encode(area, at, 512);
  }

  private void record(long hostId, UnaryOperator<LeaderRecord> change) {
    change(hostId, sector -> new DeltaSector(change.apply(sector.leader()), sector.bitmap()));
  }

  private void renew(long hostId, long timestamp) {
    record(
        hostId,
        leader ->
            leader.isFree()
                ? leader.deltaAcquired(hostId, Name.of("host" + hostId), timestamp, 10)
                : leader.deltaRenewed(timestamp, leader.ioTimeout(), HostEvent.NONE));
  }

  private HostState state(long hostId, double second) {
    return table.view(hostId, Math.round(second * SECOND)).state();
  }

  @Test
  void nothingIsKnownBeforeTheFirstLook() {
    assertThat(table.looked()).isFalse();
    assertThat(table.sighting(2)).isEmpty();
    lookAt(1000);
    assertThat(table.looked()).isTrue();
    assertThat(table.sighting(2)).map(HostSighting::timestamp).contains(0L);
    assertThat(table.sighting(2)).map(HostSighting::lastLive).isPresent();
    assertThat(table.sighting(2001)).isEmpty();
    assertThat(table.sighting(0)).isEmpty();
    assertThat(table.views(1000 * SECOND)).isEmpty();
    assertThat(table.highestUsed()).isZero();
  }

  @Test
  void aHostThatWasNeverSeenChangingIsUnknownThenFailingThenDead() {
    renew(2, 77);
    lookAt(1000);
    assertThat(state(2, 1000)).isEqualTo(HostState.UNKNOWN);
    assertThat(state(2, 1080)).isEqualTo(HostState.UNKNOWN);
    assertThat(state(2, 1080.001)).isEqualTo(HostState.FAIL);
    lookAt(1140);
    assertThat(state(2, 1140)).isEqualTo(HostState.FAIL);
    lookAt(1142);
    assertThat(state(2, 1142)).isEqualTo(HostState.DEAD);
  }

  @Test
  void aHostSeenChangingIsLiveForEightOfItsIoTimeouts() {
    renew(2, 77);
    lookAt(1000);
    renew(2, 97);
    HostStatusTable.Look look = lookAt(1020);
    assertThat(look.changed()).extracting(HostView::state).containsExactly(HostState.LIVE);
    assertThat(state(2, 1100)).isEqualTo(HostState.LIVE);
    assertThat(state(2, 1100.001)).isEqualTo(HostState.FAIL);
    lookAt(1160);
    assertThat(state(2, 1160)).isEqualTo(HostState.FAIL);
    // More than 8N + W in whole seconds must lie between the sign of life and the look.
    lookAt(1161);
    assertThat(state(2, 1161)).isEqualTo(HostState.FAIL);
    lookAt(1162);
    assertThat(state(2, 1162)).isEqualTo(HostState.DEAD);
    assertThat(table.sighting(2).orElseThrow().changedAtLastLook()).isFalse();
  }

  @Test
  void nobodyIsDeclaredDeadWithoutALook() {
    renew(2, 77);
    lookAt(1000);
    renew(2, 97);
    lookAt(1020);
    // Our own storage hangs, or this host was suspended.
    assertThat(state(2, 5000)).isEqualTo(HostState.FAIL);
  }

  @Test
  void aHostsOwnIoTimeoutCounts() {
    record(2, leader -> leader.deltaAcquired(2, Name.of("slow"), 5, 20));
    record(
        3,
        leader -> leader.deltaAcquired(3, Name.of("none"), 5, 20).toBuilder().ioTimeout(0).build());
    lookAt(1000);
    assertThat(state(2, 1160)).isEqualTo(HostState.UNKNOWN);
    assertThat(state(3, 1080)).isEqualTo(HostState.UNKNOWN);
    assertThat(state(3, 1081)).isEqualTo(HostState.FAIL);
  }

  @Test
  void aHostThatLeftIsFreeAndOneThatRejoinsIsLive() {
    renew(2, 77);
    lookAt(1000);
    record(2, LeaderRecord::deltaReleased);
    lookAt(1020);
    assertThat(state(2, 1020)).isEqualTo(HostState.FREE);
    assertThat(table.generation(2)).isEqualTo(1);
    renew(2, 5);
    lookAt(1040);
    assertThat(state(2, 1040)).isEqualTo(HostState.LIVE);
    assertThat(table.generation(2)).isEqualTo(2);
    assertThat(table.highestUsed()).isEqualTo(2);
  }

  @Test
  void weAreAlwaysLive() {
    renew(OWN, 77);
    lookAt(1000);
    assertThat(state(OWN, 9000)).isEqualTo(HostState.LIVE);
  }

  @Test
  void aBadRecordIsASignOfLifeButItsContentIsNotUsed() {
    renew(2, 77);
    lookAt(1000);
    // Generation and timestamp torn: the checksum is the old one.
    area.set(ValueLayout.JAVA_LONG_UNALIGNED, SIZES.deltaOffset(2) + 40, 9);
    area.set(ValueLayout.JAVA_LONG_UNALIGNED, SIZES.deltaOffset(2) + 152, 0);
    lookAt(1020);
    HostView view = table.view(2, 1020 * SECOND);
    assertThat(view.state()).isEqualTo(HostState.LIVE);
    assertThat(view.timestamp()).isEqualTo(77);
    assertThat(view.generation()).isEqualTo(1);
    assertThat(view.lastLive()).isEqualTo(1020);
    area.asSlice(SIZES.deltaOffset(2), 512).fill((byte) 0);
    lookAt(1040);
    assertThat(table.view(2, 1040 * SECOND).timestamp()).isEqualTo(77);
    assertThat(state(2, 1040)).isEqualTo(HostState.LIVE);
    // Its silence proves nothing, and the lease algorithms take it for alive.
    lookAt(9000);
    assertThat(state(2, 9000)).isEqualTo(HostState.FAIL);
    assertThat(table.sighting(2)).isEmpty();
  }

  @Test
  void aHostOfANewerKindIsNeverDead() {
    renew(2, 77);
    lookAt(1000);
    record(2, leader -> leader.toBuilder().flags(leader.flags() | 0x400).build());
    lookAt(9000);
    assertThat(state(2, 9000)).isEqualTo(HostState.FAIL);
    assertThat(table.sighting(2)).isEmpty();
  }

  @Test
  void aHostWhoseRecordWasNeverGoodIsNeitherFreeNorDead() {
    renew(2, 77);
    area.asSlice(SIZES.deltaOffset(2), 4).fill((byte) 0);
    area.asSlice(SIZES.deltaOffset(3), 512).fill((byte) 0);
    lookAt(1000);
    for (long host : new long[] {2, 3}) {
      assertThat(table.sighting(host)).isEmpty();
      assertThat(state(host, 1000)).isEqualTo(HostState.UNKNOWN);
      lookAt(9000);
      assertThat(state(host, 9000)).isEqualTo(HostState.FAIL);
    }
  }

  @Test
  void sightingsTellWhatWasSeenAndWhen() {
    renew(2, 77);
    lookAt(1000);
    // Nobody was seen alive yet, but silence counts from here.
    assertThat(table.sighting(2).orElseThrow().changedAtLastLook()).isFalse();
    assertThat(table.sighting(2).orElseThrow().lastLive()).hasValue(1000 * SECOND);
    renew(2, 97);
    lookAt(1020);
    assertThat(table.sighting(2).orElseThrow().changedAtLastLook()).isTrue();
    lookAt(1040);
    HostSighting sighting = table.sighting(2).orElseThrow();
    assertThat(sighting.ownerName().sameName(Name.of("host2"))).isTrue();
    assertThat(sighting.timestamp()).isEqualTo(97);
    assertThat(sighting.firstCheck()).isEqualTo(1000 * SECOND);
    assertThat(sighting.lastLive()).hasValue(1020 * SECOND);
    assertThat(sighting.lastCheck()).isEqualTo(1040 * SECOND);
  }

  @Test
  void eventsComeWithEveryChangeWhileTheBitIsSet() {
    lookAt(1000);
    HostEvent event = new HostEvent(4, 5, 6);
    for (long second = 1020; second <= 1040; second += 20) {
      long timestamp = second;
      change(
          2,
          sector ->
              new DeltaSector(
                  sector
                      .leader()
                      .deltaAcquired(2, Name.of("x"), timestamp, 10)
                      .deltaRenewed(timestamp, 10, event),
                  HostBitmap.EMPTY.with(OWN)));
      HostStatusTable.Look look = lookAt(second);
      assertThat(look.events())
          .containsExactly(new ReceivedEvent(OWN, 4, 5, 6, 2, table.generation(2)));
    }
    // Unchanged: not again.
    assertThat(lookAt(1060).events()).isEmpty();
    // Without our bit: not for us.
    change(
        2,
        sector ->
            new DeltaSector(
                sector.leader().deltaRenewed(1080, 10, event), HostBitmap.EMPTY.with(3)));
    assertThat(lookAt(1080).events()).isEmpty();
  }

  @Test
  void requestsAreAcceptedOnceInSixIoTimeoutsPerHost() {
    lookAt(1000);
    assertThat(examineAt(2, 1010)).isTrue();
    assertThat(examineAt(2, 1030)).isFalse();
    assertThat(examineAt(3, 1031)).isTrue();
    assertThat(examineAt(2, 1069)).isFalse();
    assertThat(examineAt(2, 1070)).isTrue();
    assertThat(table.view(2, 1070 * SECOND).lastRequest()).isEqualTo(1070);
  }

  private boolean examineAt(long hostId, long second) {
    change(
        hostId,
        sector ->
            new DeltaSector(
                sector.leader().deltaAcquired(hostId, Name.of("x"), second, 10),
                HostBitmap.EMPTY.with(OWN)));
    return lookAt(second).examine();
  }

  @Test
  void ourOwnBitsAreNotForUs() {
    lookAt(1000);
    assertThat(examineAt(OWN, 1010)).isFalse();
  }

  @Test
  void allSizesAreLookedAt() {
    for (Geometry sizes :
        new Geometry[] {Geometry.SECTOR_4K_1M, Geometry.SECTOR_4K_2M, Geometry.SECTOR_4K_8M}) {
      MemorySegment big = MemorySegment.ofArray(new byte[sizes.alignSize()]);
      dev.leasehold.ondisk.AreaImages.lockspace(Lab.NAME, sizes, 10).writeTo(big, 0);
      HostStatusTable hosts =
          new HostStatusTable(sizes, Lab.NAME, OWN, new Timing(10, 60), 60 * SECOND);
      long last = sizes.maxHosts();
      new DeltaSector(
              LeaderRecord.freshDelta(Lab.NAME, sizes, 10).deltaAcquired(last, Name.of("x"), 7, 10),
              HostBitmap.EMPTY)
          .encode(big, sizes.deltaOffset(last), sizes.sectorSize());
      hosts.look(big, 0, 1);
      assertThat(hosts.views(1)).extracting(HostView::hostId).containsExactly(last);
    }
  }

  @Test
  void aHundredLockspacesFitIntoASmallHeap() {
    lookAt(1);
    for (long host = 1; host <= 20; host++) {
      renew(host, 5);
    }
    lookAt(2);
    assertThat(table.keptBytes()).isLessThanOrEqualTo(64 << 10);
  }
}
