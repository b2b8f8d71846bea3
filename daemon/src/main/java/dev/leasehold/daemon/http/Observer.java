// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Remembers what the engine tells: the last events, counters. Thread-safe. */
public final class Observer implements LeaseListener {
  private static final int REMEMBERED = 200;

  private final Clock clock;
  private final Metrics metrics;
  private final Consumer<String> log;
  private final Deque<Event> events = new ArrayDeque<>();

  /** One of the things in {@link EventName}. */
  public record Event(Instant at, EventName name, String lockspace, String words) {
    /** One structured line. */
    String line() {
      return "event=" + name.text() + " lockspace=" + quoted(lockspace) + " msg=" + quoted(words);
    }

    private static String quoted(String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
    }
  }

  /**
   * @param log takes one line for each event
   */
  public Observer(Clock clock, Metrics metrics, Consumer<String> log) {
    this.clock = clock;
    this.metrics = metrics;
    this.log = log;
  }

  private void add(EventName name, String lockspace, String words) {
    Event event = new Event(clock.wallTime(), name, lockspace, words);
    metrics.event(name);
    log.accept(event.line());
    synchronized (events) {
      if (events.size() == REMEMBERED) {
        events.removeLast();
      }
      events.addFirst(event);
    }
  }

  /** The last ones, newest first. */
  public List<Event> events() {
    synchronized (events) {
      return new ArrayList<>(events);
    }
  }

  @Override
  public void joined(LockspaceView lockspace) {
    add(
        EventName.LOCKSPACE_JOINED,
        lockspace.spec().name().toString(),
        "host id " + lockspace.spec().hostId() + ", generation " + lockspace.generation());
  }

  @Override
  public void renewed(Name lockspace, long timestamp) {
    metrics.renewal(lockspace.toString(), true);
  }

  @Override
  public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
    metrics.renewal(lockspace.toString(), false);
    add(
        EventName.RENEWAL_FAILED,
        lockspace.toString(),
        remaining.toSeconds() + " s left: " + why.getMessage());
    unknownFormat(lockspace, why.code(), String.valueOf(why.getMessage()));
  }

  @Override
  public void atRisk(Name lockspace, Duration remaining) {
    add(
        EventName.LEASE_AT_RISK,
        lockspace.toString(),
        "lost in " + remaining.toSeconds() + " s unless a renewal succeeds");
  }

  @Override
  public void outOfRisk(Name lockspace) {
    add(EventName.LEASE_SAFE_AGAIN, lockspace.toString(), "a renewal succeeded");
  }

  @Override
  public void lost(Name lockspace, LossReason reason, String words) {
    EventName name =
        switch (reason) {
          case EXPIRED -> EventName.LEASE_LOST;
          case CORRUPT -> EventName.HOST_ID_CONFLICT;
          case REMOVED, SHUTDOWN -> EventName.LOCKSPACE_LEFT;
        };
    add(name, lockspace.toString(), words);
  }

  @Override
  public void hostChanged(Name lockspace, HostView host) {
    String who = "host id " + host.hostId() + " (" + HostNames.shown(host.ownerName()) + ")";
    if (host.state() == HostState.FAIL) {
      add(EventName.HOST_SILENT, lockspace.toString(), who + " shows no sign of life");
    } else if (host.state() == HostState.DEAD) {
      add(EventName.HOST_DEAD, lockspace.toString(), who + " is gone, its leases may be taken");
    }
  }

  @Override
  public void holderStopped(Name lockspace, int pid, String action) {
    add(EventName.HOLDER_KILLED, lockspace.toString(), "process " + pid + ": " + action);
  }

  @Override
  public void holderStuck(Name lockspace, int pid) {
    add(EventName.HOLDER_STUCK, lockspace.toString(), "process " + pid + " does not end");
  }

  @Override
  public void acquireEnded(Optional<ErrorCode> refusal, Duration took) {
    metrics.acquire(refusal, took);
    refusal.ifPresent(code -> unknownFormat(Name.of("-"), code, "an acquisition was refused"));
  }

  private void unknownFormat(Name lockspace, ErrorCode code, String words) {
    if (code == ErrorCode.LEADER_VERSION) {
      add(EventName.UNKNOWN_LEASE_FORMAT, lockspace.toString(), words);
    }
  }
}
