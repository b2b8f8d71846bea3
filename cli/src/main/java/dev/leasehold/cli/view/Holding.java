// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.ondisk.HostNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A holder together with its host.
 *
 * @param host its host's record as it is now; empty if there is none
 * @param standing what that makes of the holder
 * @param since when the lease was taken, if that is known or can be reckoned
 * @param sinceExact whether it was noted down by the holder
 */
record Holding(
    HolderLine holder,
    Optional<HostLine> host,
    Standing standing,
    Optional<Instant> since,
    boolean sinceExact) {

  /** Whether a holder still is one (docs/spec/algorithms.md 3.2, 3.7). */
  enum Standing {
    /** Its host has the same generation as when it took the lease. */
    HOLDS,
    /** Its host has left, or has joined again since: the lease is free for everybody. */
    GONE
  }

  /**
   * Puts them together.
   *
   * @param now the wall clock
   */
  static Holding of(HolderLine holder, Optional<HostLine> host, Instant now) {
    Optional<Instant> noted = holder.note().map(note -> Instant.ofEpochSecond(note.acquiredAt()));
    return new Holding(
        holder,
        host,
        host.map(line -> standing(holder, line)).orElse(Standing.GONE),
        noted.or(() -> host.flatMap(line -> reckoned(holder, line, now))),
        noted.isPresent());
  }

  private static Standing standing(HolderLine holder, HostLine host) {
    return switch (host.state()) {
      case LEFT -> Standing.GONE;
      // Nothing may be concluded from it, so nobody may have the lease (8, item 24).
      case DAMAGED -> Standing.HOLDS;
      case ALIVE, SILENT, UNKNOWN ->
          Long.compareUnsigned(host.generation(), holder.generation()) > 0
              ? Standing.GONE
              : Standing.HOLDS;
    };
  }

  /** By the owner's clock, which its last renewal tells; off by as much as that is old. */
  private static Optional<Instant> reckoned(HolderLine holder, HostLine host, Instant now) {
    Optional<Duration> age = host.age().or(host::seen);
    if (holder.shared() || age.isEmpty() || host.timestamp() < holder.acquired()) {
      return Optional.empty();
    }
    return Optional.of(now.minus(age.get()).minusSeconds(host.timestamp() - holder.acquired()));
  }

  /** Whether its host shows signs of life. */
  boolean isAlive() {
    return host.filter(line -> line.state() == State.ALIVE).isPresent();
  }

  /** The run of this machine that it is, if it is one. */
  Optional<RunRecord> run() {
    return host.flatMap(HostLine::run);
  }

  /** What runs there, in the holder's own words; a command line or {@code guest NAME}. */
  Optional<String> who() {
    return holder
        .note()
        .filter(note -> !note.holderName().isEmpty())
        .map(note -> note.guest() ? "guest " + note.holderName() : note.holderName());
  }

  /** The holder's process, if it has noted it down. */
  Optional<Long> pid() {
    return holder.note().map(note -> note.pid()).filter(pid -> pid != 0);
  }

  /** The name of its host for people, from the host's record and the note. */
  Optional<String> hostName() {
    return HostNames.best(
        host.filter(line -> line.generation() == holder.generation()).map(HostLine::name),
        holder.note().map(note -> note.hostName()));
  }
}
