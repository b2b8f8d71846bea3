// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireState;
import java.io.PrintStream;
import java.util.List;

/** {@code host_status}, {@code renewal} and {@code gets} (docs/spec/wire.md 7.4). */
final class HostReport {
  private static final int EAGAIN = -11;
  private static final int STATE_BITS = 0xF;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;

  HostReport(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
  }

  int hostStatus() {
    if (line.has('s')) {
      return hosts(Arguments.lockspace(line).name());
    }
    Outcome all = caller.ask(Command.STATUS, 0, WireState.LOCKSPACE, 0, RequestBody.None.NONE);
    for (WireState state : states(all)) {
      if (state.type() == WireState.LOCKSPACE) {
        out.println("lockspace " + state.name());
        int _ = hosts(state.name());
      }
    }
    return all.number();
  }

  private int hosts(Name lockspace) {
    Outcome outcome = caller.ask(Command.HOST_STATUS, 0, 0, 0, named(lockspace));
    for (WireState state : states(outcome)) {
      out.println(state.data32() + " timestamp " + Long.toUnsignedString(state.data64()));
      if (line.debug()) {
        StatusReport.words(state, out);
      }
    }
    return outcome.number();
  }

  int renewals() {
    Outcome outcome = caller.ask(Command.RENEWAL, 0, 0, 0, named(Arguments.lockspace(line).name()));
    states(outcome).forEach(state -> out.println(state.text()));
    return outcome.number();
  }

  private static RequestBody named(Name lockspace) {
    return new RequestBody.OfLockspace(WireLockspace.named(lockspace));
  }

  private static List<WireState> states(Outcome outcome) {
    return outcome
        .reply()
        .map(Reply::body)
        .filter(ReplyBody.States.class::isInstance)
        .map(body -> ((ReplyBody.States) body).states())
        .orElse(List.of());
  }

  int gets() {
    Outcome outcome = caller.ask(Command.GET_LOCKSPACES, 0, 0, 0, RequestBody.None.NONE);
    if (outcome.failed() || outcome.reply().isEmpty()) {
      out.println("gets error " + outcome.number());
      return outcome.number();
    }
    if (outcome.reply().get().body() instanceof ReplyBody.Lockspaces(List<WireLockspace> all)) {
      all.forEach(this::lockspace);
    }
    return outcome.number();
  }

  private void lockspace(WireLockspace lockspace) {
    String change =
        Flags.has(lockspace.flags(), Flags.LS_ADD)
            ? "ADD "
            : Flags.has(lockspace.flags(), Flags.LS_REM) ? "REM " : "";
    out.println("s " + ReadAction.plain(lockspace) + " " + change);
    if (line.flag('h')) {
      hostLines(lockspace.name());
    }
  }

  private void hostLines(Name lockspace) {
    Outcome outcome = caller.ask(Command.GET_HOSTS, 0, 0, 0, named(lockspace));
    if (outcome.number() == EAGAIN) {
      out.println("hosts not ready");
    } else if (outcome.failed()) {
      out.println("hosts error " + outcome.number());
    } else if (outcome.reply().isPresent()
        && outcome.reply().get().body() instanceof ReplyBody.Hosts(List<WireHost> hosts)) {
      hosts.forEach(host -> out.println(text(host) + " " + state(host)));
    }
  }

  /** A host with its generation and timestamp. */
  static String text(WireHost host) {
    return "h "
        + Long.toUnsignedString(host.hostId())
        + " gen "
        + Long.toUnsignedString(host.generation())
        + " timestamp "
        + Long.toUnsignedString(host.timestamp());
  }

  private static String state(WireHost host) {
    return switch (host.flags() & STATE_BITS) {
      case 1 -> "UNKNOWN";
      case 2 -> "FREE";
      case 3 -> "LIVE";
      case 4 -> "FAIL";
      case 5 -> "DEAD";
      default -> "";
    };
  }
}
