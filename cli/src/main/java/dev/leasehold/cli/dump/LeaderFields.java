// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.dump;

import dev.leasehold.cli.json.Json;
import dev.leasehold.ondisk.LeaderRecord;

/** The fields that mean the same in every leader record (docs/spec/ondisk.md section 4). */
final class LeaderFields {
  private LeaderFields() {}

  static void head(Json.Members record, LeaderRecord leader) {
    record
        .put("magic", Fields.hex(leader.magic()))
        .put("version", Fields.hex(leader.version()))
        .put("flags", Fields.hex(leader.flags()))
        .put("sector_size", Integer.toUnsignedLong(leader.sectorSize()))
        .put("num_hosts", Fields.unsigned(leader.numHosts()))
        .put("max_hosts", Fields.unsigned(leader.maxHosts()));
  }

  static void checksum(Json.Members record, LeaderRecord leader) {
    record
        .put("checksum", Fields.hex(leader.checksum()))
        .put("checksum_ok", leader.checksum() == leader.computeChecksum());
  }
}
