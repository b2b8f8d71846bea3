// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import dev.leasehold.simulator.disk.SimStorage;
import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.host.SimTasks;
import dev.leasehold.simulator.node.Node;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** One acquisition or release of a lease by the C daemon (3.1 to 3.7), step by step. */
final class CPaxos implements AutoCloseable {

  private final CSettings settings;
  private final Seat seat;
  private final SimTasks tasks;
  private final SimStorage storage;
  private final CSpace space;
  private final String resource;
  private final CIo io;
  private final int n;
  private final long me;
  private final long generation;

  /** What the daemon keeps of a lease in memory. */
  static final class Memory {
    CLeader leader = new CLeader(new byte[512]);
    CDblock dblock = CDblock.NONE;
    boolean shared;
    boolean retract;

    /** Whether {@code dblock} is that of an acquisition that succeeded. */
    boolean acquired;
  }

  private final Memory memory;
  private final Set<Long> sharers = new LinkedHashSet<>();

  CPaxos(
      CSettings settings,
      Seat seat,
      SimTasks tasks,
      SimStorage storage,
      CSpace space,
      String resource,
      Memory memory)
      throws CFault {
    this.settings = settings;
    this.seat = seat;
    this.tasks = tasks;
    this.storage = storage;
    this.space = space;
    this.resource = resource;
    this.memory = memory;
    this.n = settings.ioTimeout();
    this.me = settings.hostId();
    this.generation = space.generation();
    this.io = CIo.open(storage, Node.DIRECTORY + "/" + resource, n);
  }

  @Override
  public void close() {
    io.close();
  }

  /** The acquire core (3.2) and what follows it in either mode (3.7). */
  void acquire(boolean shared) throws CFault {
    core(shared);
    memory.acquired = true;
    if (shared) {
      memory.shared = true;
      try {
        writeDblock(memory.dblock.asShared(generation));
        releaseLeader(memory.leader);
      } catch (CFault fault) {
        undoShared();
        throw fault;
      }
    } else if (!sharers.isEmpty()) {
      settleSharers();
    }
  }

  private void undoShared() {
    try {
      writeDblock(memory.dblock.asReleased());
      releaseLeader(memory.leader);
    } catch (CFault again) {
      memory.retract = true;
    }
  }

  private void settleSharers() throws CFault {
    boolean alive = false;
    try {
      for (long host : sharers) {
        byte[] sector = io.read((host + 1) * io.unit(), io.unit(), n);
        long gen = CDblock.read(sector, 0).sharedGeneration();
        if (gen <= 0) {
          continue;
        }
        if (sharerAlive(host, gen)) {
          alive = true;
        } else {
          io.write((host + 1) * io.unit(), new byte[io.unit()], n);
        }
      }
    } catch (CFault fault) {
      release();
      throw fault;
    }
    if (alive) {
      release();
      throw new CFault(-11);
    }
  }

  private boolean sharerAlive(long host, long gen) {
    CHostStatus.Seen seen = space.status.of(host);
    // Kinder than the original, which takes a sharer that has just joined anew for dead as long as
    // it has not seen that (docs/testing.md).
    if (seen.lastCheck == 0 || seen.generation < gen) {
      return true;
    }
    if (seen.timestamp == 0 || seen.generation > gen) {
      return false;
    }
    long since = seen.lastLive == 0 ? seen.firstCheck : seen.lastLive;
    int other = seen.ioTimeout == 0 ? n : seen.ioTimeout;
    return space.now() - since <= 8L * other + settings.watchdogFire();
  }

  private void core(boolean shared) throws CFault {
    while (!attempt(shared)) {
      seat.enter();
    }
  }

  /** From RESTART on; false for RESTART. */
  private boolean attempt(boolean shared) throws CFault {
    sharers.clear();
    byte[] area = io.read(0, 1 << 20, n);
    CLeader cur = verified(area);
    long maxMbal = 0;
    for (int q = 0; q < cur.numHosts(); q++) {
      if (!CDblock.valid(area, (q + 2) * io.unit())) {
        throw new CFault(-214);
      }
      maxMbal = Math.max(maxMbal, CDblock.read(area, (q + 2) * io.unit()).mbal());
    }
    boolean reuse = true;
    if (cur.timestamp() != 0 && !(cur.owner() == me && cur.generation() <= generation)) {
      if (!ownerGone(cur)) {
        return false;
      }
      reuse = false;
    }
    long next = cur.lver() + 1;
    long max = cur.maxHosts();
    long mbal = maxMbal == 0 ? me : maxMbal - maxMbal % max + max + me;
    while (true) {
      CLeader seen = reuse ? cur : readLeader();
      reuse = false;
      if (seen.lver() == next) {
        if (seen.owner() == me && seen.generation() == generation) {
          memory.leader = seen;
          return true;
        }
        throw new CFault(-244);
      }
      if (seen.lver() > next || !seen.same(cur)) {
        return false;
      }
      if (ballot(next, mbal, (int) cur.numHosts())) {
        commit(cur, next, shared);
        return true;
      }
      tasks.sleep(Duration.ofNanos(seat.dice().between(0, 1_000_000_000L)));
      mbal += max;
    }
  }

  /** Waits for a silent owner; false for RESTART, -243 if it is alive. */
  private boolean ownerGone(CLeader cur) throws CFault {
    CHostStatus.Seen status = space.status.of(cur.owner());
    boolean known =
        status.lastCheck != 0
            && status.lastLive != 0
            && status.owner == cur.owner()
            && status.generation == cur.generation();
    long waitStart = known ? status.lastLive : space.now();
    long seenTs = known ? status.timestamp : 0;
    boolean justAlive = known && status.lastCheck == status.lastLive;
    int other = status.ioTimeout == 0 ? n : status.ioTimeout;
    while (true) {
      CLeader owner = space.readHost(storage, cur.owner());
      if (owner.timestamp() == 0
          || owner.owner() != cur.owner()
          || owner.generation() > cur.generation()) {
        return true;
      }
      if (seenTs == 0) {
        seenTs = owner.timestamp();
      } else {
        if (owner.timestamp() != seenTs || justAlive) {
          if (cur.writer() != cur.owner()) {
            byte[] sector = io.read((cur.owner() + 1) * io.unit(), io.unit(), n);
            if (CDblock.read(sector, 0).released()) {
              return true;
            }
          }
          memory.leader = cur;
          throw new CFault(-243);
        }
        if (space.now() - waitStart > 8L * other + settings.watchdogFire()) {
          return true;
        }
      }
      tasks.sleep(Duration.ofSeconds(1));
      if (!readLeader().same(cur)) {
        return false;
      }
    }
  }

  /** One ballot (3.3); false for "abort". */
  private boolean ballot(long next, long mbal, int hosts) throws CFault {
    CDblock mine = new CDblock(mbal, 0, 0, 0, 0, next, false, -1);
    write211(mine);
    byte[] area = readBallot(hosts);
    CDblock best = CDblock.NONE;
    for (int q = 0; q < hosts; q++) {
      int at = (q + 2) * io.unit();
      if (!CDblock.valid(area, at)) {
        continue;
      }
      CDblock other = CDblock.read(area, at);
      if (other.sharedGeneration() >= 0 && q + 1 != me) {
        sharers.add((long) q + 1);
      }
      if (other.lver() < next) {
        continue;
      }
      if (other.lver() > next || other.mbal() > mbal) {
        return false;
      }
      if (other.inp() != 0 && other.bal() != 0 && other.bal() > best.bal()) {
        best = other;
      }
    }
    memory.retract = true;
    mine =
        best.bal() != 0
            ? mine.phase2(best.inp(), best.inp2(), best.inp3())
            : mine.phase2(me, generation, space.now());
    memory.dblock = mine;
    write211(mine);
    area = readBallot(hosts);
    for (int q = 0; q < hosts; q++) {
      int at = (q + 2) * io.unit();
      if (!CDblock.valid(area, at)) {
        continue;
      }
      CDblock other = CDblock.read(area, at);
      if (other.lver() > next || (other.lver() == next && other.mbal() > mbal)) {
        return false;
      }
    }
    return true;
  }

  private void commit(CLeader cur, long next, boolean shared) throws CFault {
    CDblock won = memory.dblock;
    CLeader leader = cur.copy();
    leader.lver(next);
    leader.owner(won.inp(), won.inp2());
    leader.timestamp(won.inp3());
    leader.writer(me, generation, space.now());
    if (won.inp() == me) {
      int flags = leader.flags() & ~CLeader.SHORT_HOLD;
      leader.flags(shared ? flags | CLeader.SHORT_HOLD : flags);
    }
    byte[] sector = leader.sector(io.unit());
    memory.leader = new CLeader(sector);
    io.write(0, sector, n);
    memory.retract = false;
    if (won.inp() != me || won.inp2() != generation) {
      throw new CFault(-245);
    }
  }

  /** Release of what is held (3.5). */
  void release() throws CFault {
    if (memory.shared) {
      writeDblock(memory.dblock.asReleased());
      return;
    }
    try {
      writeDblock(memory.dblock.asReleased());
    } catch (CFault ignored) {
      // as the original
    }
    releaseLeader(memory.leader);
  }

  /** After a partly failed acquire (3.6). */
  void retract() throws CFault {
    // An empty dblock, although a contender may still need ours: the original's own rule.
    writeDblock((memory.acquired ? memory.dblock : CDblock.NONE).asReleased());
    releaseLeader(memory.leader.lver() == 0 ? readLeader() : memory.leader);
  }

  private void releaseLeader(CLeader last) throws CFault {
    CLeader cur = readLeader();
    if (cur.writer() != me) {
      return;
    }
    if (cur.lver() != last.lver()) {
      throw new CFault(-250);
    }
    if (cur.timestamp() == 0
        || cur.owner() != me
        || cur.generation() != generation
        || !cur.same(last)) {
      throw new CFault(-251);
    }
    CLeader free = cur.copy();
    free.timestamp(0);
    free.writer(me, generation, space.now());
    free.flags(free.flags() & ~CLeader.SHORT_HOLD);
    io.write(0, free.sector(io.unit()), n);
  }

  private void write211(CDblock block) throws CFault {
    try {
      writeDblock(block);
    } catch (CFault fault) {
      throw new CFault(fault.result() == CFault.TIMEOUT ? CFault.TIMEOUT : -211);
    }
  }

  private void writeDblock(CDblock block) throws CFault {
    io.write((me + 1) * io.unit(), block.sector(io.unit()), n);
  }

  private byte[] readBallot(int hosts) throws CFault {
    int sectors = Integer.highestOneBit(2 * (hosts + 2) - 1);
    return io.read(0, sectors * io.unit(), n);
  }

  private CLeader readLeader() throws CFault {
    return verified(io.read(0, io.unit(), n));
  }

  private CLeader verified(byte[] sector) throws CFault {
    CLeader leader = new CLeader(Arrays.copyOf(sector, 200));
    int fault = leader.verify(CLeader.PAXOS, 6, Node.SPACE, resource, me);
    if (fault != 0) {
      throw new CFault(fault);
    }
    return leader;
  }
}
