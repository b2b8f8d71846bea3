// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.ResourceIndex;
import dev.leasehold.ondisk.RindexEntry;
import dev.leasehold.ondisk.RindexHeader;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A resource index (docs/spec/ondisk.md section 7). */
final class IndexDump {
  private final MemorySegment area;
  private final long offset;
  private final RindexHeader header;

  IndexDump(MemorySegment area, long offset) {
    this.area = area;
    this.offset = offset;
    this.header = RindexHeader.decode(area, 0);
  }

  void into(Json.Members dump) {
    dump.put("kind", "resource index")
        .putText("fault", Fields.fault(() -> header.verify(header.lockspaceName(), offset)))
        .put("lockspace", header.lockspaceName().toString())
        .put("magic", Fields.hex(header.magic()))
        .put("version", Fields.hex(header.version()))
        .put("flags", Fields.hex(header.flags()))
        .put("sector_size", Integer.toUnsignedLong(header.sectorSize()))
        .put("max_resources", Integer.toUnsignedLong(header.maxResources()))
        .put("index_offset", Fields.unsigned(header.rxOffset()));
    try {
      ResourceIndex index = new ResourceIndex(area, header.lockspaceName(), header.rxOffset());
      dump.put("lease_offset", Fields.unsigned(index.leaseOffset()))
          .put("entries", new Json.Array(entries(index)));
    } catch (LeaseException e) {
      dump.put("entries_fault", e.code() + ": " + e.detail());
    }
  }

  private static List<Json> entries(ResourceIndex index) {
    List<Json> entries = new ArrayList<>();
    for (int i = 0; i < index.capacity(); i++) {
      RindexEntry entry = index.entry(i);
      if (!entry.isFree()) {
        entries.add(
            new Json.Members()
                .put("entry", i)
                .put("resource", entry.name().toString())
                .put("offset", Fields.unsigned(entry.resOffset()))
                .put("flags", Fields.hex(entry.flags())));
      }
    }
    return entries;
  }
}
