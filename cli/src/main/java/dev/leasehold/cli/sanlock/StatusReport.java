// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.sanlock.text.LockspaceText;
import dev.leasehold.sanlock.text.ResourceText;
import dev.leasehold.sanlock.text.TextFault;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireResource;
import dev.leasehold.sanlock.wire.WireState;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** {@code sanlock client status} (docs/spec/wire.md 7.3). */
final class StatusReport {
  private static final int MAX_SORTED = 1024;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;

  StatusReport(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
  }

  int print() {
    Outcome outcome = caller.ask(Command.STATUS, 0, 0, 0, RequestBody.None.NONE);
    if (outcome.reply().isEmpty()) {
      return outcome.number();
    }
    if (outcome.reply().get().body() instanceof ReplyBody.States(List<WireState> states)) {
      switch (line.text('o').orElse("")) {
        case "p" -> sorted(states, true);
        case "s" -> sorted(states, false);
        default -> states.forEach(this::print);
      }
    }
    return outcome.number();
  }

  private void sorted(List<WireState> all, boolean byProcess) {
    if (all.size() > MAX_SORTED) {
      out.println("cannot sort over " + MAX_SORTED);
      return;
    }
    List<WireState> left = new ArrayList<>(all);
    take(left, state -> state.type() == WireState.DAEMON);
    take(left, state -> state.type() == WireState.CLIENT && state.data32() == -1);
    if (byProcess) {
      take(left, state -> state.type() == WireState.LOCKSPACE);
      for (WireState client : List.copyOf(left)) {
        if (client.type() == WireState.CLIENT) {
          take(left, state -> state.equals(client));
          take(left, state -> isResource(state) && state.data32() == client.data32());
        }
      }
    } else {
      take(left, state -> state.type() == WireState.CLIENT);
      for (WireState lockspace : List.copyOf(left)) {
        if (lockspace.type() == WireState.LOCKSPACE) {
          take(left, state -> state.equals(lockspace));
          take(left, state -> isResource(state) && isOf(state, lockspace));
        }
      }
    }
    if (!left.isEmpty()) {
      out.println("-");
      left.forEach(this::print);
    }
  }

  private void take(List<WireState> left, Predicate<WireState> which) {
    left.stream().filter(which).forEach(this::print);
    left.removeIf(which);
  }

  private static boolean isResource(WireState state) {
    return state.type() == WireState.RESOURCE;
  }

  private static boolean isOf(WireState resource, WireState lockspace) {
    return resource.resource().filter(r -> r.lockspace().sameName(lockspace.name())).isPresent();
  }

  private void print(WireState state) {
    switch (state.type()) {
      case WireState.DAEMON -> out.println("daemon " + state.name());
      case WireState.CLIENT -> out.println("p " + state.data32() + " " + state.name());
      case WireState.LOCKSPACE ->
          state
              .lockspace()
              .ifPresent(ls -> out.println("s " + LockspaceText.print(ls) + suffix(state)));
      case WireState.RESOURCE ->
          state.resource().ifPresent(resource -> out.println(text(state, resource)));
      default -> {}
    }
    if (line.debug()) {
      words(state, out);
    }
  }

  private static String text(WireState state, WireResource resource) {
    try {
      return "r "
          + ResourceText.print(resource.withLver(state.data64()))
          + " p "
          + state.data32()
          + suffix(state);
    } catch (TextFault e) {
      return "r " + resource.lockspace() + ":" + resource.name() + " p " + state.data32();
    }
  }

  private static String suffix(WireState state) {
    return switch (state.words().getOrDefault("list", "")) {
      case "add" -> " ADD";
      case "rem" -> " REM";
      case "orphan" -> " ORPHAN";
      default -> "";
    };
  }

  /** The words of the text, one a line. */
  static void words(WireState state, PrintStream out) {
    for (String word : state.text().toString().split(" ", -1)) {
      out.println("    " + word);
    }
  }
}
