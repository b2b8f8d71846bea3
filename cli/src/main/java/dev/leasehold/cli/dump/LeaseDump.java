// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HolderNote;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.RequestRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A resource's lease (docs/spec/ondisk.md section 6, docs/holder-note.md). */
final class LeaseDump {
  private final MemorySegment area;
  private final Geometry geometry;
  private final LeaderRecord leader;

  LeaseDump(MemorySegment area, Geometry geometry) {
    this.area = area;
    this.geometry = geometry;
    this.leader = LeaderRecord.decode(area, 0);
  }

  void into(Json.Members dump) {
    dump.put("kind", leader.isCleared() ? "cleared lease" : "lease")
        .put("lockspace", leader.spaceName().toString())
        .put("resource", leader.resourceName().toString())
        .put("sector_size", geometry.sectorSize())
        .put("align_size", geometry.alignSize())
        .put("leader", leader())
        .put("request", request())
        .put("hosts", new Json.Array(hosts()))
        .put("notes", new Json.Array(notes()))
        .putText("lvb", lvb());
  }

  private Json leader() {
    Optional<String> fault =
        leader.isCleared()
            ? Optional.empty()
            : Fields.fault(() -> leader.verifyPaxos(Name.EMPTY, Name.EMPTY, 0));
    Json.Members record = new Json.Members().putText("fault", fault);
    LeaderFields.head(record, leader);
    record
        .put("owner_id", Fields.unsigned(leader.ownerId()))
        .put("owner_generation", Fields.unsigned(leader.ownerGeneration()))
        .put("lver", Fields.unsigned(leader.lver()))
        .put("lockspace", leader.spaceName().toString())
        .put("resource", leader.resourceName().toString())
        .put("timestamp", Fields.unsigned(leader.timestamp()))
        .put("free", leader.isFree())
        .put("short_hold", leader.hasFlag(LeaderRecord.SHORT_HOLD))
        .put("write_id", Fields.unsigned(leader.writeId()))
        .put("write_generation", Fields.unsigned(leader.writeGeneration()))
        .put("write_timestamp", Fields.unsigned(leader.writeTimestamp()));
    LeaderFields.checksum(record, leader);
    return record;
  }

  private Json request() {
    RequestRecord request = RequestRecord.decode(area, geometry.requestOffset());
    return new Json.Members()
        .putText("fault", Fields.fault(request::verify))
        .put("magic", Fields.hex(request.magic()))
        .put("version", Fields.hex(request.version()))
        .put("lver", Fields.unsigned(request.lver()))
        .put("force_mode", Integer.toUnsignedLong(request.forceMode()));
  }

  private List<Json> hosts() {
    List<Json> hosts = new ArrayList<>();
    for (long id = 1; id <= geometry.maxHosts(); id++) {
      HostSector sector = HostSector.decode(area, geometry.hostSectorOffset(id));
      if (!sector.equals(HostSector.EMPTY)) {
        hosts.add(host(id, sector));
      }
    }
    return hosts;
  }

  private static Json host(long id, HostSector sector) {
    Dblock dblock = sector.dblock();
    return new Json.Members()
        .put("host_id", id)
        .put("mbal", Fields.unsigned(dblock.mbal()))
        .put("bal", Fields.unsigned(dblock.bal()))
        .put("inp", Fields.unsigned(dblock.inp()))
        .put("inp2", Fields.unsigned(dblock.inp2()))
        .put("inp3", Fields.unsigned(dblock.inp3()))
        .put("lver", Fields.unsigned(dblock.lver()))
        .put("checksum", Fields.hex(dblock.checksum()))
        .put("checksum_ok", dblock.isValid())
        .put("flags", Fields.hex(dblock.flags()))
        .put("released", dblock.isReleased())
        .put("mode_flags", Fields.hex(sector.mode().flags()))
        .put("shared", sector.mode().isShared())
        .put("shared_generation", Fields.unsigned(sector.mode().generation()));
  }

  private List<Json> notes() {
    List<Json> notes = new ArrayList<>();
    for (int slot = 0; slot < geometry.noteSlots(); slot++) {
      long at = geometry.noteOffset() + (long) slot * geometry.sectorSize();
      int number = slot;
      HolderNote.decode(area, at).ifPresent(note -> notes.add(note(number, note)));
    }
    return notes;
  }

  private Json note(int slot, HolderNote note) {
    return new Json.Members()
        .put("slot", slot)
        .put("current", isCurrent(note))
        .put("shared", note.shared())
        .put("host_id", note.hostId())
        .put("generation", Fields.unsigned(note.generation()))
        .put("lver", Fields.unsigned(note.lver()))
        .put("acquired_at", Instant.ofEpochSecond(note.acquiredAt()).toString())
        .put("pid", note.pid())
        .put("pid_start", Fields.unsigned(note.pidStart()))
        .put("guest", note.guest())
        .put("holder", note.holderName())
        .putText("guest_uuid", note.guestUuid().map(Object::toString))
        .put("host_name", note.hostName())
        .put("disk", note.diskPath());
  }

  private boolean isCurrent(HolderNote note) {
    if (!note.shared()) {
      return note.describes(leader);
    }
    long id = note.hostId();
    return geometry.isHostId(id)
        && note.describes(id, HostSector.decode(area, geometry.hostSectorOffset(id)));
  }

  /** The lock value block in hexadecimal up to its last byte that is not zero, if it has any. */
  private Optional<String> lvb() {
    if (!geometry.lvbFits()) {
      return Optional.empty();
    }
    byte[] value =
        area.asSlice(geometry.lvbOffset(), geometry.sectorSize()).toArray(ValueLayout.JAVA_BYTE);
    int length = value.length;
    while (length > 0 && value[length - 1] == 0) {
      length--;
    }
    return length == 0 ? Optional.empty() : Optional.of(HexFormat.of().formatHex(value, 0, length));
  }
}
