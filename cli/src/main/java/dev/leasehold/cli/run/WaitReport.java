// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.engine.resource.AcquireProgress;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.ondisk.HostNames;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Says what an acquisition waits for and until when: one message for each wait, and on a terminal a
 * countdown. Thread-safe.
 */
final class WaitReport implements AcquireProgress {
  /** A live host whose next renewal is only a moment away is not worth a line. */
  private static final int CALLS_BEFORE_A_WORD = 3;

  private final Terminal terminal;
  private final Clock clock;
  private final boolean quiet;
  private final Set<String> said = new HashSet<>();
  private int calls;
  private Optional<Wait> current = Optional.empty();

  private record Wait(String subject, long untilBootNanos) {}

  WaitReport(Terminal terminal, Clock clock, boolean quiet) {
    this.terminal = terminal;
    this.clock = clock;
    this.quiet = quiet;
  }

  @Override
  public synchronized void waitingForDeadHost(LeaseRequest lease, OwnerWait wait) {
    calls++;
    show(
        lease.described(),
        lease.described()
            + " is held by host "
            + Printable.line(HostNames.shown(wait.ownerName()))
            + " (host id "
            + wait.leader().ownerId()
            + "), which shows no sign of life; it counts as dead at "
            + Clocks.timeOfDay(clock, wait.untilBootNanos()),
        wait.untilBootNanos(),
        calls > CALLS_BEFORE_A_WORD);
  }

  @Override
  public synchronized void waitingForHolder(Refusal refusal, long untilBootNanos) {
    show(
        refusal.lease().map(LeaseRequest::described).orElse("a lease"),
        refusal.message()
            + "; waiting until "
            + Clocks.timeOfDay(clock, untilBootNanos)
            + " for it",
        untilBootNanos,
        true);
  }

  private void show(String subject, String words, long until, boolean worthALine) {
    if (worthALine) {
      current = Optional.of(new Wait(subject, until));
      if (!quiet && said.add(words)) {
        terminal.say(words);
      }
    }
  }

  /** The progress line as it is now. */
  synchronized Optional<String> line() {
    return current.map(
        wait ->
            "at most "
                + Clocks.secondsUntil(clock, wait.untilBootNanos())
                + " s left: waiting for "
                + wait.subject());
  }
}
