// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.TakeOver;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** Makes events of what the engine tells: logs, counts and remembers them. Thread-safe. */
public final class EventLog implements LeaseListener {
  private static final int REMEMBERED = 30;
  private static final int MOST_REFUSED_JOINS = 100;
  private static final Map<String, Object> NO_FACTS = Map.of();

  private final Clock clock;
  private final BiConsumer<System.Logger.Level, String> log;
  private final Map<EventName, LongAdder> counts = new EnumMap<>(EventName.class);
  private final Deque<Event> last = new ArrayDeque<>();

  /** Joins are tried again and again; the same refusal is told once, until one succeeds. */
  private final Set<String> refusedJoins = new HashSet<>();

  /**
   * @param log takes one line for each event
   */
  public EventLog(Clock clock, BiConsumer<System.Logger.Level, String> log) {
    this.clock = clock;
    this.log = log;
    for (EventName name : EventName.values()) {
      counts.put(name, new LongAdder());
    }
  }

  private void add(EventName name, Name lockspace, Map<String, Object> facts, String words) {
    Event event = new Event(clock.wallTime(), name, lockspace.toString(), facts, words);
    counter(name).increment();
    log.accept(name.level(), event.line());
    synchronized (last) {
      if (!last.isEmpty() && repeats(last.getFirst(), event)) {
        last.removeFirst();
      } else if (last.size() == REMEMBERED) {
        last.removeLast();
      }
      last.addFirst(event);
    }
  }

  /** Two failed renewals in a second must not push everything else out of sight. */
  private static boolean repeats(Event before, Event now) {
    return now.name() == EventName.RENEWAL_FAILED
        && before.name() == now.name()
        && before.lockspace().equals(now.lockspace());
  }

  /** The last ones, newest first; of renewals that failed one after the other the last. */
  public List<Event> last() {
    synchronized (last) {
      return new ArrayList<>(last);
    }
  }

  /** How many there were of that name. */
  public long count(EventName name) {
    return counter(name).sum();
  }

  private LongAdder counter(EventName name) {
    return Objects.requireNonNull(counts.get(name));
  }

  @Override
  public void joined(LockspaceView lockspace) {
    synchronized (refusedJoins) {
      refusedJoins.clear();
    }
    long hostId = lockspace.spec().hostId();
    add(
        EventName.LOCKSPACE_JOINED,
        lockspace.spec().name(),
        Facts.host(hostId, lockspace.generation(), ""),
        "host id " + hostId + ", generation " + lockspace.generation());
  }

  @Override
  public void joinFailed(LockspaceSpec lockspace, LeaseException why) {
    if (isNews(lockspace.name() + " " + why.getMessage())) {
      unknownFormat(
          lockspace.name(),
          why.code(),
          Map.of("file", Facts.place(lockspace.path(), lockspace.offset())),
          "lockspace " + lockspace.name() + " is not joined: " + why.getMessage());
    }
  }

  private boolean isNews(String refusedJoin) {
    synchronized (refusedJoins) {
      if (refusedJoins.size() == MOST_REFUSED_JOINS) {
        refusedJoins.clear();
      }
      return refusedJoins.add(refusedJoin);
    }
  }

  @Override
  public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
    add(
        EventName.RENEWAL_FAILED,
        lockspace,
        Map.of("remaining_seconds", remaining.toSeconds()),
        remaining.toSeconds() + " s left: " + why.getMessage());
    unknownFormat(lockspace, why.code(), NO_FACTS, String.valueOf(why.getMessage()));
  }

  @Override
  public void atRisk(Name lockspace, Duration remaining) {
    add(
        EventName.LEASE_AT_RISK,
        lockspace,
        Map.of("remaining_seconds", remaining.toSeconds()),
        "lost in " + remaining.toSeconds() + " s unless a renewal succeeds");
  }

  @Override
  public void outOfRisk(Name lockspace) {
    add(EventName.LEASE_SAFE_AGAIN, lockspace, NO_FACTS, "a renewal succeeded");
  }

  @Override
  public void lost(Name lockspace, LossReason reason, String words) {
    EventName name =
        switch (reason) {
          case EXPIRED -> EventName.LEASE_LOST;
          case CORRUPT -> EventName.HOST_ID_CONFLICT;
          case REMOVED, SHUTDOWN -> EventName.LOCKSPACE_LEFT;
        };
    add(name, lockspace, NO_FACTS, words);
  }

  @Override
  public void hostChanged(Name lockspace, HostView host) {
    String name = HostNames.shown(host.ownerName());
    String who = "host id " + host.hostId() + " (" + name + ")";
    Map<String, Object> facts = Facts.host(host.hostId(), host.generation(), name);
    if (host.state() == HostState.FAIL) {
      add(EventName.HOST_SILENT, lockspace, facts, who + " shows no sign of life");
    } else if (host.state() == HostState.DEAD) {
      add(EventName.HOST_DEAD, lockspace, facts, who + " is gone, its leases may be taken");
    }
  }

  @Override
  public void leaseTakenOver(TakeOver takeOver) {
    add(
        EventName.LEASE_TAKEN_OVER,
        takeOver.lease().where().id().lockspace(),
        Facts.takeOver(takeOver),
        Facts.words(takeOver));
  }

  @Override
  public void holderStopped(Name lockspace, int pid, String action) {
    add(EventName.HOLDER_KILLED, lockspace, Facts.pid(pid), "process " + pid + ": " + action);
  }

  @Override
  public void holderStuck(Name lockspace, int pid) {
    add(
        EventName.HOLDER_STUCK,
        lockspace,
        Facts.pid(pid),
        "process " + pid + " does not end; only its end or a reset of this host frees its leases");
  }

  @Override
  public void acquireEnded(Optional<Refusal> refusal, Duration took) {
    refusal.ifPresent(
        refused ->
            refused
                .lease()
                .ifPresent(
                    lease ->
                        unknownFormat(
                            lease.where().id().lockspace(),
                            refused.code(),
                            Facts.lease(lease),
                            "an acquisition was refused: " + refused.message())));
  }

  private void unknownFormat(
      Name lockspace, ErrorCode code, Map<String, Object> facts, String words) {
    if (code == ErrorCode.LEADER_VERSION) {
      add(EventName.UNKNOWN_LEASE_FORMAT, lockspace, facts, words);
    }
  }
}
