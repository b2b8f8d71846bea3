// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.LeaderRecord;
import java.util.ArrayList;
import java.util.List;

/** What {@code sanlock direct dump -f 2} should print of an area (wire.md 7.5). */
final class PrintedDump {
  private PrintedDump() {}

  /** Of one resource at offset 0, with the heading. */
  static List<String> expected(AreaFile area) {
    List<String> lines = new ArrayList<>();
    lines.add(heading());
    LeaderRecord leader = area.leader();
    lines.add(
        "%08d %36s %48s %010d %04d %04d %d/%d/%d"
            .formatted(
                0,
                leader.spaceName(),
                leader.resourceName(),
                leader.timestamp(),
                leader.ownerId(),
                leader.ownerGeneration(),
                leader.lver(),
                area.request().lver(),
                area.request().forceMode()));
    for (long host = 1; host <= leader.numHosts(); host++) {
      Dblock block = area.host(host).dblock();
      if (!block.isUnused()) {
        lines.add(dblock(host, block));
      }
      if (area.host(host).mode().isShared()) {
        lines.add(
            " ".repeat(106) + "%04d %04d SH".formatted(host, area.host(host).mode().generation()));
      }
    }
    return lines;
  }

  private static String heading() {
    return "%8s %36s %48s %10s %4s %4s %s"
        .formatted("offset", "lockspace", "resource", "timestamp", "own", "gen", "lver/req/mode");
  }

  private static String dblock(long host, Dblock block) {
    return "dblock[%04d] mbal %d bal %d inp %d inp2 %d inp3 %d lver %d sum %x"
        .formatted(
            host - 1,
            block.mbal(),
            block.bal(),
            block.inp(),
            block.inp2(),
            block.inp3(),
            block.lver(),
            block.checksum());
  }
}
