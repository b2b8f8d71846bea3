// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same story is played by two C hosts and by two of ours. After every step the areas are equal
 * but for the times, they say what docs/spec/ondisk.md 6.6 asks for, and the real program prints
 * what we decode.
 */
class StateInteropTest {
  private static final List<Lab> LABS = new ArrayList<>();
  private static Story theirs;
  private static Story ours;

  @BeforeAll
  static void play() throws Exception {
    Lab.needsSanlock();
    Lab cLab = Lab.open();
    Lab ourLab = Lab.open();
    LABS.addAll(List.of(cLab, ourLab));
    theirs = new Story(cLab, cLab.cHost("host-one"), cLab.cHost("host-two"));
    ours = new Story(ourLab, ourLab.ourHost("host-one"), ourLab.ourHost("host-two"));
    Both.run(theirs::play, ours::play);
  }

  @AfterAll
  static void close() {
    LABS.forEach(Lab::close);
  }

  @Test
  void resourceAreasAreEqualButForTimes() {
    assertThat(ours.areas().keySet()).isEqualTo(theirs.areas().keySet());
    Map<String, List<String>> differences = new LinkedHashMap<>();
    for (String step : theirs.areas().keySet()) {
      List<String> found =
          AreaFile.differences(
              ours.areas().get(step).resourceWithoutTimes(),
              theirs.areas().get(step).resourceWithoutTimes(),
              Geometry.SECTOR_512);
      if (!found.isEmpty()) {
        differences.put(step, found);
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void resourceAreasSayWhatTheSpecificationAsksFor() {
    Map<String, String> said = new LinkedHashMap<>();
    ours.areas().forEach((step, area) -> said.put(step, inWords(area)));
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("acquired", "held 1/1 lver 1 by 1; 1: 1,1 1/1 v1");
    expected.put("released", "free 1/1 lver 1 by 1; 1: 1,1 1/1 v1 released");
    expected.put("acquired again", "held 1/1 lver 2 by 1; 1: 2001,2001 1/1 v2");
    expected.put("refused to another", "held 1/1 lver 2 by 1; 1: 2001,2001 1/1 v2");
    expected.put(
        "acquired by another",
        "held 2/1 lver 3 by 2; 1: 2001,2001 1/1 v2 released; 2: 4002,4002 2/1 v3");
    expected.put(
        "released by another",
        "free 2/1 lver 3 by 2; 1: 2001,2001 1/1 v2 released; 2: 4002,4002 2/1 v3 released");
    expected.put("shared", "free 1/1 lver 1 by 1; 1: 1,1 1/1 v1 released shared/1");
    expected.put(
        "shared by both",
        "free 2/1 lver 2 by 2; 1: 1,1 1/1 v1 released shared/1; 2: 2002,2002 2/1 v2 released"
            + " shared/1");
    expected.put(
        "conversion refused",
        "free 1/1 lver 3 by 1; 1: 4001,4001 1/1 v3 shared/1; 2: 2002,2002 2/1 v2 released"
            + " shared/1");
    expected.put(
        "shared by one",
        "free 1/1 lver 3 by 1; 1: 4001,4001 1/1 v3 shared/1; 2: 2002,2002 2/1 v2 released");
    expected.put(
        "converted to exclusive",
        "held 1/1 lver 4 by 1; 1: 6001,6001 1/1 v4; 2: 2002,2002 2/1 v2 released");
    expected.put(
        "converted to shared",
        "free 1/1 lver 4 by 1; 1: 6001,6001 1/1 v4 released shared/1; 2: 2002,2002 2/1 v2"
            + " released");
    expected.put(
        "no longer shared",
        "free 1/1 lver 4 by 1; 1: 6001,6001 1/1 v4 released; 2: 2002,2002 2/1 v2 released");
    expected.put("value set", "held 1/1 lver 1 by 1; 1: 1,1 1/1 v1");
    expected.put("value written", "free 1/1 lver 1 by 1; 1: 1,1 1/1 v1 released");
    expected.put(
        "value read", "free 2/1 lver 2 by 2; 1: 1,1 1/1 v1 released; 2: 2002,2002 2/1 v2 released");
    expected.put("asked for while free", "free 0/0 lver 0 by 0");
    expected.put("asked for while held", "held 1/1 lver 1 by 1; 1: 1,1 1/1 v1; wanted 2 mode 2");
    expected.put("given up", "free 1/1 lver 1 by 1; 1: 1,1 1/1 v1 released; wanted 2 mode 2");
    assertThat(said).isEqualTo(expected);
  }

  /** Owner and writer of the leader, then each used host sector, then the request if any. */
  private static String inWords(AreaFile area) {
    LeaderRecord leader = area.leader();
    List<String> words = new ArrayList<>();
    words.add(
        "%s %d/%d lver %d by %d"
            .formatted(
                leader.isFree() ? "free" : "held",
                leader.ownerId(),
                leader.ownerGeneration(),
                leader.lver(),
                leader.writeId()));
    for (long host = 1; host <= leader.numHosts(); host++) {
      if (!area.host(host).equals(HostSector.EMPTY)) {
        words.add(inWords(host, area.host(host)));
      }
    }
    if (area.request().lver() != 0) {
      words.add("wanted %d mode %d".formatted(area.request().lver(), area.request().forceMode()));
    }
    return String.join("; ", words);
  }

  private static String inWords(long host, HostSector sector) {
    var block = sector.dblock();
    return "%d: %d,%d %d/%d v%d%s%s"
        .formatted(
            host,
            block.mbal(),
            block.bal(),
            block.inp(),
            block.inp2(),
            block.lver(),
            block.isReleased() ? " released" : "",
            sector.mode().isShared() ? " shared/" + sector.mode().generation() : "");
  }

  @Test
  void lockspaceAreasAreEqualButForTimes() {
    assertThat(ours.lockspaces().keySet()).containsExactly("joined", "told", "left");
    for (String step : ours.lockspaces().keySet()) {
      assertThat(members(ours.lockspaces().get(step)))
          .as(step)
          .isEqualTo(members(theirs.lockspaces().get(step)));
    }
  }

  /** Every record without its time, and which hosts have been told something. */
  private static List<String> members(AreaFile area) {
    return java.util.stream.LongStream.rangeClosed(1, 2000)
        .mapToObj(
            host -> {
              LeaderRecord leader = area.delta(host).leader();
              assertThat(leader.computeChecksum()).isEqualTo(leader.checksum());
              return leader.toBuilder().timestamp(Math.min(1, leader.timestamp())).build()
                  + " tells "
                  + area.delta(host).bitmap();
            })
        .collect(Collectors.toList());
  }
}
