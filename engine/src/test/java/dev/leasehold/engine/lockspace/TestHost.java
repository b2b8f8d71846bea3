// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LockspaceUse;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.resource.fake.FakeProcesses;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One host of a {@link Lab}: its lockspaces, its own clock, and everything its listeners hear. */
final class TestHost {

  /** What was heard, and when: boot-time seconds since the host was made. */
  record Heard(double at, String what) {}

  final Lab lab;
  final String name;
  final HostClock clock;
  final FakeWatchdog watchdog;
  final FakeHolders holders;
  final LockspaceTable table;
  final LockspaceManager lockspaces;
  final List<Heard> heard = new ArrayList<>();

  TestHost(Lab lab, String name, int gracePeriod) {
    this(lab, name, EngineConfig.of(Name.ofOwner(name)).withGracePeriod(gracePeriod));
  }

  TestHost(Lab lab, String name, EngineConfig config) {
    this.lab = lab;
    this.name = name;
    this.clock = new HostClock();
    this.watchdog = new FakeWatchdog();
    this.holders = new FakeHolders(clock);
    EnginePorts ports =
        new EnginePorts(
            clock,
            lab.time,
            lab.storage.of(name),
            new FakeProcesses(lab.time),
            watchdog,
            new SplittableRandom(name.hashCode()));
    Ear ear = new Ear();
    this.table = new LockspaceTable(ports, config, call -> call.accept(ear));
    this.lockspaces = new LockspaceManager(table, holders);
  }

  LockspaceView join(long hostId, int ioTimeout) throws LeaseException {
    return join(hostId, JoinOptions.DEFAULT.withIoTimeout(ioTimeout));
  }

  LockspaceView join(long hostId, JoinOptions options) throws LeaseException {
    return lockspaces.addLockspace(Lab.spec(hostId), options);
  }

  /** Leaves everything; returns only when all tasks of it have ended. */
  void end() {
    holders.inUse = false;
    holders.orphans = false;
    holders.writesInFlight = false;
    for (Lockspace lockspace : table.list()) {
      try {
        lockspace.setUse(LockspaceUse.UNUSED);
      } catch (LeaseException e) {
        throw new AssertionError(e);
      }
    }
    lockspaces.leaveAll(LossReason.SHUTDOWN);
  }

  Membership membership() {
    return table.find(Lab.NAME).flatMap(Lockspace::membership).orElseThrow();
  }

  /** What was heard that starts with {@code prefix}. */
  List<Heard> heard(String prefix) {
    return heard.stream().filter(entry -> entry.what().startsWith(prefix)).toList();
  }

  /** The code that a call ends with; OK if it does not fail. */
  static ErrorCode codeOf(Call call) {
    try {
      call.run();
      return ErrorCode.OK;
    } catch (LeaseException e) {
      return e.code();
    }
  }

  /** Something that may be refused. */
  interface Call {
    void run() throws LeaseException;
  }

  /** The laboratory's time; a suspend moves boot-time only. */
  final class HostClock implements Clock {
    private long suspended;

    void suspend(double seconds) {
      suspended += Math.round(seconds * Lab.SECOND);
    }

    @Override
    public long monotonicSeconds() {
      return lab.time.monotonicSeconds();
    }

    @Override
    public long bootNanos() {
      return lab.time.bootNanos() + suspended;
    }

    @Override
    public Instant wallTime() {
      return lab.time.wallTime();
    }
  }

  private final class Ear implements LeaseListener {
    private void hear(String what) {
      heard.add(new Heard(clock.bootNanos() / (double) Lab.SECOND, what));
    }

    @Override
    public void joined(LockspaceView lockspace) {
      hear("joined " + lockspace.spec());
    }

    @Override
    public void renewed(Name lockspace, long timestamp) {
      hear("renewed " + timestamp);
    }

    @Override
    public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
      hear("failed " + why.code() + " " + remaining.toSeconds());
    }

    @Override
    public void atRisk(Name lockspace, Duration remaining) {
      hear("atRisk " + remaining.plusMillis(1).toSeconds());
    }

    @Override
    public void outOfRisk(Name lockspace) {
      hear("outOfRisk");
    }

    @Override
    public void lost(Name lockspace, LossReason reason, String words) {
      hear("lost " + reason);
    }

    @Override
    public void gone(Name lockspace) {
      hear("gone");
    }

    @Override
    public void hostChanged(Name lockspace, HostView host) {
      hear("host " + host.hostId() + " " + host.state());
    }

    @Override
    public void note(String words) {
      hear("note " + words);
    }
  }
}
