// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.ModeBlock;
import dev.leasehold.ondisk.RequestRecord;
import dev.leasehold.ondisk.RindexEntry;
import dev.leasehold.ondisk.RindexHeader;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The lines of {@code direct dump} about one area (docs/spec/wire.md 7.5). */
final class DirectDump {
  private static final int SHARER_COLUMN = 106;
  private static final int NAME_WIDTH = 36;
  private static final int RESOURCE_WIDTH = 48;

  private final PrintStream out;
  private final int detail;

  /**
   * @param detail 0, 1 or 2
   */
  DirectDump(PrintStream out, int detail) {
    this.out = out;
    this.detail = detail;
  }

  void heading() {
    String more = detail > 0 ? "/req/mode" : "";
    out.println(
        "%8s %36s %48s %10s %4s %4s lver%s"
            .formatted("offset", "lockspace", "resource", "timestamp", "own", "gen", more));
  }

  /**
   * One area.
   *
   * @param area all its bytes
   * @param offset of the area on the device
   * @return whether there is anything known in it
   */
  boolean area(MemorySegment area, Geometry geometry, long offset) {
    int magic = area.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    switch (magic) {
      case LeaderRecord.DELTA_MAGIC -> lockspace(area, geometry, offset);
      case LeaderRecord.PAXOS_MAGIC -> resource(area, geometry, offset);
      case RindexHeader.MAGIC -> index(area, geometry, offset);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void lockspace(MemorySegment area, Geometry geometry, long offset) {
    for (long host = 1; host <= geometry.maxHosts(); host++) {
      long at = geometry.deltaOffset(host);
      LeaderRecord record = LeaderRecord.decode(area, at);
      if (record.ownerId() == 0 && record.ownerGeneration() == 0) {
        continue;
      }
      StringBuilder text = new StringBuilder(head(record, offset + at));
      if (detail > 0) {
        HostBitmap.decode(area, at).hostIds().forEach(id -> text.append(' ').append(id));
      }
      out.println(text);
    }
  }

  private static String head(LeaderRecord record, long offset) {
    return String.join(
        " ",
        digits(offset, 8),
        right(record.spaceName().toString(), NAME_WIDTH),
        right(record.resourceName().toString(), RESOURCE_WIDTH),
        digits(record.timestamp(), 10),
        digits(record.ownerId(), 4),
        digits(record.ownerGeneration(), 4));
  }

  private void resource(MemorySegment area, Geometry geometry, long offset) {
    LeaderRecord leader = LeaderRecord.decode(area, 0);
    String lver = " " + Long.toUnsignedString(leader.lver());
    out.println(head(leader, offset) + lver + request(area, geometry));
    long hosts = Math.clamp(leader.numHosts(), 0, geometry.maxHosts());
    for (long host = 1; host <= hosts; host++) {
      HostSector sector = HostSector.decode(area, geometry.hostSectorOffset(host));
      if (detail > 1 && !sector.dblock().isUnused()) {
        out.println(dblock(host, sector.dblock()));
      }
      if (sector.mode().isShared()) {
        out.println(sharer(host, sector.mode()));
      }
    }
  }

  private String request(MemorySegment area, Geometry geometry) {
    if (detail == 0) {
      return "";
    }
    RequestRecord request = RequestRecord.decode(area, geometry.requestOffset());
    return "/"
        + Long.toUnsignedString(request.lver())
        + "/"
        + Integer.toUnsignedString(request.forceMode());
  }

  private static String dblock(long host, Dblock block) {
    return "dblock["
        + digits(host - 1, 4)
        + "]"
        + field("mbal", block.mbal())
        + field("bal", block.bal())
        + field("inp", block.inp())
        + field("inp2", block.inp2())
        + field("inp3", block.inp3())
        + field("lver", block.lver())
        + " sum "
        + Integer.toHexString(block.checksum());
  }

  private static String field(String name, long value) {
    return " " + name + " " + Long.toUnsignedString(value);
  }

  private static String sharer(long host, ModeBlock mode) {
    return " ".repeat(SHARER_COLUMN) + digits(host, 4) + " " + digits(mode.generation(), 4) + " SH";
  }

  private void index(MemorySegment area, Geometry geometry, long offset) {
    RindexHeader header = RindexHeader.decode(area, 0);
    String space = right(header.lockspaceName().toString(), NAME_WIDTH);
    out.println(
        String.join(
            " ",
            digits(offset, 8),
            space,
            "rindex_header",
            "0x" + Integer.toHexString(header.flags()),
            Integer.toUnsignedString(header.sectorSize()),
            Integer.toUnsignedString(header.maxResources()),
            Long.toUnsignedString(header.rxOffset())));
    if (detail == 0) {
      return;
    }
    // As far as the header says, and no further than the area goes.
    long end =
        Math.min(
            geometry.alignSize(),
            geometry.sectorSize()
                + Integer.toUnsignedLong(header.maxResources()) * RindexEntry.SIZE);
    for (long at = geometry.sectorSize(); at + RindexEntry.SIZE <= end; at += RindexEntry.SIZE) {
      RindexEntry entry = RindexEntry.decode(area, at);
      if (!entry.isFree()) {
        out.println(
            String.join(
                " ",
                digits(offset + at, 8),
                space,
                "rentry",
                entry.name().toString(),
                Long.toUnsignedString(entry.resOffset())));
      }
    }
  }

  private static String digits(long number, int width) {
    String text = Long.toUnsignedString(number);
    return "0".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
