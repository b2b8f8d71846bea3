// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A lockspace: the host leases that are or were in use (docs/spec/ondisk.md section 5). */
final class LockspaceDump {
  private final MemorySegment area;
  private final Geometry geometry;
  private final Name space;

  LockspaceDump(MemorySegment area, Geometry geometry) {
    this.area = area;
    this.geometry = geometry;
    this.space = LeaderRecord.decode(area, 0).spaceName();
  }

  void into(Json.Members dump) {
    dump.put("kind", "lockspace")
        .put("lockspace", space.toString())
        .put("sector_size", geometry.sectorSize())
        .put("align_size", geometry.alignSize())
        .put("max_hosts", geometry.maxHosts());
    List<Json> hosts = new ArrayList<>();
    for (long id = 1; id <= geometry.maxHosts(); id++) {
      DeltaSector sector = DeltaSector.decode(area, geometry.deltaOffset(id));
      Optional<String> fault = Fields.fault(() -> sector.leader().verifyDelta(space));
      if (wasUsed(sector.leader()) || fault.isPresent()) {
        hosts.add(host(id, sector, fault));
      }
    }
    dump.put("hosts", new Json.Array(hosts));
  }

  private static boolean wasUsed(LeaderRecord record) {
    return record.ownerId() != 0 || record.ownerGeneration() != 0 || record.timestamp() != 0;
  }

  private static Json host(long id, DeltaSector sector, Optional<String> fault) {
    LeaderRecord record = sector.leader();
    Json.Members host = new Json.Members().put("host_id", id).putText("fault", fault);
    LeaderFields.head(host, record);
    host.put("owner_id", Fields.unsigned(record.ownerId()))
        .put("generation", Fields.unsigned(record.ownerGeneration()))
        .put("lockspace", record.spaceName().toString())
        .put("host_name", record.resourceName().toString())
        .put("timestamp", Fields.unsigned(record.timestamp()))
        .put("free", record.isFree())
        .put("io_timeout", record.ioTimeout());
    LeaderFields.checksum(host, record);
    if (!record.event().isNone()) {
      host.put(
          "event",
          new Json.Members()
              .put("generation", Fields.unsigned(record.event().generation()))
              .put("event", Fields.unsigned(record.event().event()))
              .put("data", Fields.unsigned(record.event().data())));
    }
    if (!sector.bitmap().isEmpty()) {
      List<Long> ids = sector.bitmap().hostIds().boxed().toList();
      host.put("tells_hosts", Json.array(ids, Json.Whole::new));
    }
    return host;
  }
}
