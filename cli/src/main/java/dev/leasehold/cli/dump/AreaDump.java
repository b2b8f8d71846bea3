// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.area.AreaReader;
import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.RindexHeader;
import java.lang.foreign.MemorySegment;

/** Finds out what kind of area there is and has it described. */
final class AreaDump {
  private static final int SMALLEST = 512;
  private static final int SECTOR_4K = 4096;

  private final AreaReader reader;
  private final long offset;

  AreaDump(AreaReader reader, long offset) {
    this.reader = reader;
    this.offset = offset;
  }

  Json.Members make() throws Failure {
    MemorySegment head = head();
    LeaderRecord leader = LeaderRecord.decode(head, 0);
    Json.Members dump = new Json.Members().put("file", reader.name()).put("offset", offset);
    switch (leader.magic()) {
      case LeaderRecord.DELTA_MAGIC -> {
        Geometry geometry = geometry(leader);
        new LockspaceDump(area(geometry), geometry).into(dump);
      }
      case LeaderRecord.PAXOS_MAGIC, LeaderRecord.CLEARED_MAGIC -> {
        Geometry geometry = geometry(leader);
        new LeaseDump(area(geometry), geometry).into(dump);
      }
      case RindexHeader.MAGIC -> {
        Geometry geometry = geometry(RindexHeader.decode(head, 0));
        new IndexDump(area(geometry), offset).into(dump);
      }
      default ->
          throw new Failure(
              ExitCode.BAD_DATA,
              place()
                  + " holds no lease area: it starts with "
                  + Fields.hex(leader.magic())
                  + ", not with the mark of a lockspace, a lease or a resource index"
                  + "\nCheck the path, and give --offset if the area does not start the file.");
    }
    return dump;
  }

  private String place() {
    return reader.name() + (offset == 0 ? "" : " at " + offset);
  }

  /** The first sector; on storage with small sectors also of a file that ends right after it. */
  private MemorySegment head() throws Failure {
    var head = reader.read(offset, SECTOR_4K);
    if (head.isEmpty() && reader.ioUnit() == SMALLEST) {
      head = reader.read(offset, SMALLEST);
    }
    return head.orElseThrow(() -> truncated("has no whole sector"));
  }

  private MemorySegment area(Geometry geometry) throws Failure {
    return reader
        .read(offset, geometry.alignSize())
        .orElseThrow(
            () -> truncated("ends before the " + geometry.alignSize() + " bytes of its area"));
  }

  private Failure truncated(String how) {
    return new Failure(
        ExitCode.BAD_DATA,
        place() + " " + how + ": it is empty, was cut off, or is no lease file\nCheck the path.");
  }

  private Geometry geometry(LeaderRecord leader) throws Failure {
    try {
      return Geometry.ofLeader(leader.flags(), leader.sectorSize());
    } catch (LeaseException e) {
      throw unusable(e);
    }
  }

  private Geometry geometry(RindexHeader header) throws Failure {
    try {
      return header.geometry();
    } catch (LeaseException e) {
      throw unusable(e);
    }
  }

  private Failure unusable(LeaseException e) {
    return new Failure(ExitCode.BAD_DATA, place() + ": " + e.detail() + " (" + e.code() + ")", e);
  }
}
