// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the real program wrote, operation by operation, is what the derivations give. */
class ReplayTest {
  private static final Name LS0 = Name.of("LS0");

  /** Host 1 had joined twice when the resources were recorded. */
  private static final long GENERATION = 2;

  private static final Name HOST_ONE = Name.ofOwner("host-one");

  @Test
  void deltaLeaseFromFreshToLeft() {
    LeaderRecord fresh = Golden.file("ls_init_512_1M.hex").leader(0);
    LeaderRecord acquired = Golden.file("ls_host1_acquired.hex").leader(0);
    assertThat(fresh.deltaAcquired(1, HOST_ONE, acquired.timestamp(), 10)).isEqualTo(acquired);

    LeaderRecord renewed = Golden.file("ls_host1_renewed.hex").leader(0);
    assertThat(renewed.timestamp()).isNotEqualTo(acquired.timestamp());
    assertThat(acquired.deltaRenewed(renewed.timestamp(), 10, HostEvent.NONE)).isEqualTo(renewed);

    LeaderRecord left = Golden.file("ls_host1_left.hex").leader(0);
    assertThat(left.isFree()).isTrue();
    assertThat(renewed.deltaReleased()).isEqualTo(left);

    LeaderRecord rejoined = Golden.file("ls_host1_rejoined.hex").leader(0);
    assertThat(left.deltaAcquired(1, HOST_ONE, rejoined.timestamp(), 10)).isEqualTo(rejoined);
  }

  @Test
  void eventsGoOutWithRenewalsAndStayAfterLeaving() {
    LeaderRecord rejoined = Golden.file("ls_host1_rejoined.hex").leader(0);
    HostEvent event = new HostEvent(1, 0x1122334455667788L, 0x0102030405060708L);
    DeltaSector sent = DeltaSector.decode(Golden.file("ls_event.hex").sector(0), 0);
    assertThat(rejoined.deltaRenewed(sent.leader().timestamp(), 10, event))
        .isEqualTo(sent.leader());
    assertThat(sent.leader().event()).isEqualTo(event);
    assertThat(sent.bitmap()).isEqualTo(HostBitmap.EMPTY.with(2));

    DeltaSector all = DeltaSector.decode(Golden.file("ls_event_all.hex").sector(0), 0);
    assertThat(all.bitmap()).isEqualTo(HostBitmap.upTo(2000).without(1));
    LeaderRecord left = Golden.file("ls_host1_left_event.hex").leader(0);
    assertThat(all.leader().event()).isEqualTo(left.event());
    assertThat(
            all.leader()
                .deltaRenewed(all.leader().timestamp() + 20, 10, left.event())
                .deltaReleased())
        .isEqualTo(left);
  }

  @Test
  void aRequestForTheNextVersion() {
    Golden.GoldenFile file = Golden.file("res_request.hex");
    assertThat(RequestRecord.request(file.leader(0).lver() + 1, RequestRecord.GRACEFUL))
        .isEqualTo(RequestRecord.decode(file.sector(1), 0));
  }

  /** Each write of a trace follows by one derivation from the state that the one before left. */
  @ParameterizedTest
  @CsvSource({
    "io_acquire_ex.trace, res_init_512_1M.hex, res_ex_host1.hex",
    "io_release_ex.trace, res_ex_host1.hex, res_ex_released.hex",
    "io_acquire_sh.trace, fresh RES2, res_sh_host1.hex",
    "io_convert_sh_ex_refused.trace, res_sh_hosts12.hex, res_sh_convert_refused.hex",
    "io_convert_sh_ex.trace, res_sh_host2_released.hex, res_converted_ex.hex",
    "io_convert_ex_sh.trace, res_converted_ex.hex, res_converted_sh.hex",
    "io_release_sh.trace, res_converted_sh.hex, res_sh_released.hex",
    "io_lvb.trace, fresh RES3, res_lvb_released.hex",
  })
  void aTraceFollowsFromWhatWasThere(String trace, String before, String after) {
    LeaderRecord leader;
    Map<Integer, HostSector> hosts = new HashMap<>();
    if (before.startsWith("fresh ")) {
      leader = LeaderRecord.freshPaxos(LS0, Name.of(before.substring(6)), Geometry.SECTOR_512, 0);
    } else {
      leader = Golden.file(before).leader(0);
      hosts.put(2, Golden.file(before).host(2));
    }
    int writes = 0;
    for (Golden.Line line : Golden.file(trace).lines()) {
      switch (line.decoded().type()) {
        case "paxos_leader" -> leader = nextLeader(leader, LeaderRecord.decode(line.segment(), 0));
        case "dblock" -> {
          HostSector previous = hosts.getOrDefault(line.first(), HostSector.EMPTY);
          HostSector written = HostSector.decode(line.segment(), 0);
          assertThat(nextDblock(previous.dblock(), written.dblock())).isEqualTo(written.dblock());
          assertThat(written.mode()).isIn(ModeBlock.NONE, ModeBlock.shared(GENERATION));
          hosts.put(line.first(), written);
        }
        default -> assertThat(line.decoded().type()).isEqualTo("lvb");
      }
      writes++;
    }
    assertThat(writes).isPositive();
    assertThat(leader).isEqualTo(Golden.file(after).leader(0));
    assertThat(hosts.get(2)).isEqualTo(Golden.file(after).host(2));
  }

  private static LeaderRecord nextLeader(LeaderRecord from, LeaderRecord written) {
    LeaderRecord derived =
        written.isFree()
            ? from.paxosReleased(
                written.writeId(),
                written.writeGeneration(),
                written.writeTimestamp(),
                Optional.empty())
            : from.paxosOwned(
                from.lver() + 1,
                written.ownerId(),
                written.ownerGeneration(),
                written.timestamp(),
                written.writeId(),
                written.writeGeneration(),
                written.writeTimestamp(),
                written.hasFlag(LeaderRecord.SHORT_HOLD),
                0);
    assertThat(derived).isEqualTo(written);
    return derived;
  }

  private static Dblock nextDblock(Dblock from, Dblock written) {
    if (written.bal() == 0) {
      return Dblock.phase1(written.mbal(), written.lver());
    }
    if (from.bal() == 0) {
      return from.phase2(written.inp(), written.inp2(), written.inp3());
    }
    return written.isReleased() ? from.released() : from;
  }
}
