// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.lease.Pause;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The waits of one command: they end early when the holder or a lockspace dies, when the engine
 * stops, when another lease of the command was refused, or when the caller's patience is over. The
 * first reason is kept. Thread-safe.
 */
final class Waiting implements Pause {
  /** Why a wait was called off. */
  enum Reason {
    /** The engine stops. */
    STOPPED(ErrorCode.EPERM, "the engine is being stopped"),
    /** The process or its connection has ended. */
    HOLDER_ENDED(ErrorCode.ENOTTY, "the process has ended meanwhile"),
    /** The lockspace has failed or is being removed. */
    LOCKSPACE_DEAD(ErrorCode.ENOSPC, "the lockspace has failed meanwhile"),
    /** Another lease of the same command was refused. */
    OTHER_REFUSED(ErrorCode.EPERM, "another lease of the request was refused"),
    /** The caller does not want to wait any longer. */
    PATIENCE_OVER(ErrorCode.ACQUIRE_OWNED_RETRY, "the time to wait is over");

    final ErrorCode code;
    final String words;

    Reason(ErrorCode code, String words) {
      this.code = code;
      this.words = words;
    }
  }

  final HolderId holder;
  final List<MemberLockspace> members;
  private final Clock clock;
  private final Tasks.Signal signal;
  private final OptionalLong deadline;
  private volatile Optional<Reason> reason = Optional.empty();
  private volatile Optional<LeaderRecord> lastSeen = Optional.empty();

  /**
   * A wait that has not been called off.
   *
   * @param deadline bootNanos at which patience is over
   */
  Waiting(
      Clock clock,
      Tasks tasks,
      HolderId holder,
      List<MemberLockspace> members,
      OptionalLong deadline) {
    this.clock = clock;
    this.signal = tasks.newSignal();
    this.holder = holder;
    this.members = List.copyOf(members);
    this.deadline = deadline;
  }

  void callOff(Reason why) {
    synchronized (this) {
      if (reason.isEmpty()) {
        reason = Optional.of(why);
      }
    }
    signal.raise();
  }

  /** Remembers who is being waited for, for words. */
  void saw(OwnerWait wait) {
    lastSeen = Optional.of(wait.leader());
  }

  /** The owner of that resource if it was the last to be waited for. */
  Optional<LeaderRecord> lastLeader(Entry entry) {
    return lastSeen.filter(leader -> leader.resourceName().sameName(entry.id().resource()));
  }

  /** Why it was called off, if it was. */
  Optional<Reason> reason() {
    if (deadline.isPresent() && clock.bootNanos() >= deadline.getAsLong()) {
      callOff(Reason.PATIENCE_OVER);
    }
    return reason;
  }

  @Override
  public boolean calledOff() {
    return reason().isPresent();
  }

  @Override
  public boolean sleep(Duration duration) {
    long end = clock.bootNanos() + duration.toNanos();
    while (true) {
      long seen = signal.version();
      if (calledOff()) {
        return false;
      }
      long now = clock.bootNanos();
      if (now >= end) {
        return true;
      }
      signal.await(seen, Duration.ofNanos(Math.min(end, deadline.orElse(end)) - now));
    }
  }
}
