// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.simulator.disk.SectorWords;
import dev.leasehold.simulator.disk.SimDisk;
import dev.leasehold.simulator.disk.SimFile;
import dev.leasehold.simulator.host.SimProcess;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.simulator.node.Grant;
import dev.leasehold.simulator.node.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The invariants. Told of every grant, end, membership and landed sector, at that very moment. */
final class Checker implements SimDisk.Monitor {

  private static final int PAXOS = 0x06152010;

  private final Scheduler scheduler;
  private final SimDisk disk;
  private final TreeMap<String, List<Use>> uses = new TreeMap<>();
  private final Map<Long, Set<Owned>> owned = new HashMap<>();
  private final Map<Long, Long> lastLver = new HashMap<>();
  private final List<Member> members = new ArrayList<>();
  private long grants;
  private long excused;

  /** A process that works on a disk. */
  record Use(Machine machine, SimProcess process, boolean shared, long since) {
    /** Daemons hold leases only to remove their files. */
    boolean cleanup() {
      return process.name().equals("daemon");
    }
  }

  /** An ownership that has been on the disk. */
  private record Owned(long host, long generation, long lver, boolean shared) {}

  /** A daemon that was told that it is a member. */
  private record Member(Machine machine, Node node, long generation) {}

  Checker(Scheduler scheduler, SimDisk disk) {
    this.scheduler = scheduler;
    this.disk = disk;
  }

  long grants() {
    return grants;
  }

  /** Overlaps with a holder whose whole machine had been suspended. */
  long excused() {
    return excused;
  }

  // ---- memberships ----

  void joined(Machine machine, Node node, long generation) {
    members.removeIf(member -> member.node.equals(node) || !member.machine.runs(member.node));
    for (Member other : members) {
      boolean awake = !other.machine.daemonPaused() && !other.machine.suspended();
      if (other.node.hostId() == node.hostId() && awake && other.node.member()) {
        scheduler.fail(
            "host-id",
            machine
                + " joined with host id "
                + node.hostId()
                + " while "
                + other.machine
                + " is a live member with it");
      }
    }
    members.add(new Member(machine, node, generation));
  }

  void left(Node node) {
    members.removeIf(member -> member.node.equals(node));
  }

  // ---- holders ----

  void granted(Machine machine, Node node, long generation, SimProcess process, Grant grant) {
    grants++;
    if (!process.alive()) {
      return;
    }
    onDisk(machine, node, generation, grant);
    begin(machine, process, grant);
  }

  private void begin(Machine machine, SimProcess process, Grant grant) {
    List<Use> now = uses.computeIfAbsent(grant.resource(), key -> new ArrayList<>());
    for (Use other : now) {
      if (other.process != process && !(other.shared && grant.shared())) {
        overlap(machine, process, grant, other);
      }
    }
    now.removeIf(use -> use.process == process);
    now.add(new Use(machine, process, grant.shared(), scheduler.now()));
    if (now.size() == 1) {
      process.whenItEnds(() -> {});
    }
  }

  private void overlap(Machine machine, SimProcess process, Grant grant, Use other) {
    if (isAsleep(other)) {
      excused++;
      return;
    }
    scheduler.fail(
        "two-holders",
        grant.resource()
            + " was granted "
            + (grant.shared() ? "shared" : "exclusively")
            + " to "
            + process.name()
            + " on "
            + machine
            + " while "
            + other.process.name()
            + " on "
            + other.machine
            + " holds it "
            + (other.shared ? "shared" : "exclusively")
            + " since "
            + other.since / 1_000_000
            + " ms and is alive");
  }

  /**
   * A machine that sleeps writes nothing; one that woke up stops its holders as soon as it notices.
   * Nothing on this side of the storage can do better (docs/testing.md).
   */
  private static boolean isAsleep(Use use) {
    return use.machine.suspended() || use.since < use.machine.lastWake();
  }

  /** A new file can be made and held from now on, so nobody but a cleanup may hold this one. */
  @Override
  public void unlinked(String path) {
    String resource = path.substring(path.lastIndexOf('/') + 1);
    List<Use> now = uses.getOrDefault(resource, new ArrayList<>());
    now.removeIf(Use::cleanup);
    for (Use use : now) {
      if (isAsleep(use)) {
        excused++;
      } else {
        scheduler.fail(
            "removed-in-use",
            path + " was removed while " + use.process.name() + " on " + use.machine + " holds it");
      }
    }
  }

  /** The process stops working on the disk, before it gives the lease back. */
  void ended(SimProcess process, String resource) {
    uses.getOrDefault(resource, new ArrayList<>()).removeIf(use -> use.process == process);
  }

  /** The process reckons with the shared mode from now on. */
  void downgraded(SimProcess process, String resource) {
    uses.getOrDefault(resource, new ArrayList<>())
        .replaceAll(
            use -> use.process == process ? new Use(use.machine, process, true, use.since) : use);
  }

  void processEnded(SimProcess process) {
    for (List<Use> all : uses.values()) {
      all.removeIf(use -> use.process == process);
    }
  }

  boolean holdsSomething(SimProcess process) {
    return uses.values().stream().anyMatch(all -> holds(all, process));
  }

  private static boolean holds(List<Use> all, SimProcess process) {
    return all.stream().anyMatch(use -> use.process == process);
  }

  /** What a refused client must not be taken to hold. */
  void refused(Machine machine, SimProcess process, List<String> wanted, Node.Client client) {
    List<String> held = client.held();
    for (String resource : wanted) {
      boolean hadIt =
          uses.getOrDefault(resource, List.of()).stream().anyMatch(use -> use.process == process);
      if (held.contains(resource) && !hadIt) {
        scheduler.fail(
            "refused-but-granted",
            machine + " refused " + resource + " to " + process.name() + " and keeps it for it");
      }
    }
  }

  // ---- what is on the disk ----

  private void onDisk(Machine machine, Node node, long generation, Grant grant) {
    SimFile file = disk.find(Node.DIRECTORY + "/" + grant.resource()).orElse(null);
    if (file == null) {
      scheduler.fail("not-on-disk", grant.resource() + " was granted but its file has no name");
      return;
    }
    Owned claim =
        new Owned(node.hostId(), generation, grant.shared() ? 0 : grant.lver(), grant.shared());
    Set<Owned> seen = owned.getOrDefault(file.id(), Set.of());
    if (!seen.contains(claim)) {
      scheduler.fail(
          "not-on-disk",
          machine
              + " reports "
              + grant
              + " as held in generation "
              + generation
              + ", but no such record was ever on the disk; leader: "
              + SectorWords.words(file.sector(0)));
    }
    long before = lastLver.getOrDefault(file.id(), 0L);
    boolean fresh = uses.getOrDefault(grant.resource(), List.of()).isEmpty();
    if (!grant.shared() && fresh && grant.lver() <= before) {
      scheduler.fail(
          "lver", grant.resource() + " was granted with lver " + grant.lver() + " after " + before);
    }
    lastLver.merge(file.id(), grant.lver(), Math::max);
  }

  @Override
  public void landed(SimFile file, int sector, byte[] before, byte[] after, int lane) {
    if (file.madeAs().equals(Node.AREA)) {
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(after).order(ByteOrder.LITTLE_ENDIAN);
    if (sector == 0) {
      if (in.getInt(0) == PAXOS && in.getLong(152) != 0) {
        remember(file, new Owned(in.getLong(32), in.getLong(40), in.getLong(48), false));
      }
    } else if (sector >= 2 && sector < 2002 && (in.getInt(128) & 1) != 0) {
      remember(file, new Owned(sector - 1, in.getLong(136), 0, true));
    }
  }

  private void remember(SimFile file, Owned claim) {
    owned.computeIfAbsent(file.id(), key -> new HashSet<>()).add(claim);
  }

  /** Uses of one machine, for its operator's eyes. */
  List<String> usesOn(Machine machine) {
    List<String> found = new ArrayList<>();
    uses.forEach(
        (resource, all) -> {
          Iterator<Use> each = all.iterator();
          while (each.hasNext()) {
            Use use = each.next();
            if (use.machine == machine) {
              found.add(resource + " by " + use.process.name());
            }
          }
        });
    return found;
  }
}
