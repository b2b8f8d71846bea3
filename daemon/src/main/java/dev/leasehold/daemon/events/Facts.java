// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import dev.leasehold.engine.TakeOver;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.lease.LostOwner;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Who and what, for the lines of events. */
final class Facts {
  private Facts() {}

  static Map<String, Object> pid(int pid) {
    return Map.of("pid", pid);
  }

  static Map<String, Object> host(long hostId, long generation, String name) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("host_id", hostId);
    facts.put("generation", generation);
    if (!name.isEmpty()) {
      facts.put("host", name);
    }
    return facts;
  }

  /** The lease, its file, and the disk that it protects where that is known. */
  static Map<String, Object> lease(LeaseRequest lease) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("lease", lease.where().id().resource().toString());
    facts.put(
        "file", lease.where().disks().stream().map(Facts::place).collect(Collectors.joining(", ")));
    lease.diskPath().ifPresent(path -> facts.put("disk", path));
    return facts;
  }

  static String place(DiskLocation disk) {
    return place(disk.path(), disk.offset());
  }

  static String place(String path, long offset) {
    return offset == 0 ? path : path + ":" + Long.toUnsignedString(offset);
  }

  static Map<String, Object> takeOver(TakeOver takeOver) {
    LostOwner from = takeOver.from();
    Map<String, Object> facts = lease(takeOver.lease());
    facts.putAll(
        host(
            from.leader().ownerId(),
            from.leader().ownerGeneration(),
            from.name().map(Object::toString).orElse("")));
    facts.put("pid", takeOver.pid());
    if (!takeOver.label().inWords().isEmpty()) {
      facts.put("holder", takeOver.label().inWords());
    }
    return facts;
  }

  /** For example {@code disk /srv/a.qcow2 taken from host kvm2 (host id 2) for guest web1 …}. */
  static String words(TakeOver takeOver) {
    LostOwner from = takeOver.from();
    String us = takeOver.label().inWords();
    return takeOver.lease().described()
        + " taken from host "
        + from.name().map(name -> name + " ").orElse("")
        + "(host id "
        + from.leader().ownerId()
        + "), which "
        + switch (from.end()) {
          case DEAD -> "is dead";
          case LEFT -> "has left without giving it back";
          case JOINED_ANEW -> "has joined anew since";
        }
        + ", for "
        + (us.isEmpty() ? "" : us + ", ")
        + "pid "
        + takeOver.pid();
  }
}
