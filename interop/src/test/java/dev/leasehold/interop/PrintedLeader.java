// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import dev.leasehold.ondisk.LeaderRecord;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code sanlock direct read_leader} prints, and what it should print (wire.md 7.5). */
final class PrintedLeader {
  private PrintedLeader() {}

  /** The record of a resource, by field. */
  static Map<String, String> ofResource(String space, String resource, Path file) {
    return fields(Lab.direct("read_leader", "-r", space + ":" + resource + ":" + file + ":0"));
  }

  /** The record of a host id, by field. */
  static Map<String, String> ofHost(String space, long hostId, Path file) {
    return fields(Lab.direct("read_leader", "-s", space + ":" + hostId + ":" + file + ":0"));
  }

  private static Map<String, String> fields(String output) {
    Map<String, String> fields = new LinkedHashMap<>();
    output
        .lines()
        .forEach(
            line -> {
              String[] words = line.split(" ", 2);
              fields.put(words[0], words.length > 1 ? words[1] : "");
            });
    return fields;
  }

  /** What must be printed for a record. */
  static Map<String, String> expected(LeaderRecord leader) {
    boolean delta = leader.magic() == LeaderRecord.DELTA_MAGIC;
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("read_leader", "done 0");
    fields.put("magic", hex(leader.magic()));
    fields.put("version", hex(leader.version()));
    fields.put("flags", hex(leader.flags()));
    fields.put("sector_size", Integer.toString(leader.sectorSize()));
    fields.put("num_hosts", Long.toString(leader.numHosts()));
    fields.put("max_hosts", Long.toString(leader.maxHosts()));
    fields.put("owner_id", Long.toString(leader.ownerId()));
    fields.put("owner_generation", Long.toString(leader.ownerGeneration()));
    fields.put("lver", Long.toString(leader.lver()));
    fields.put("space_name", leader.spaceName().toString());
    fields.put("resource_name", leader.resourceName().toString());
    fields.put("timestamp", Long.toString(leader.timestamp()));
    fields.put("checksum", hex(leader.checksum()));
    fields.put("io_timeout", Integer.toString(leader.ioTimeout()));
    fields.put(delta ? "extra1" : "write_id", Long.toString(leader.writeId()));
    fields.put(delta ? "extra2" : "write_generation", Long.toString(leader.writeGeneration()));
    fields.put(delta ? "extra3" : "write_timestamp", Long.toString(leader.writeTimestamp()));
    return fields;
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }
}
