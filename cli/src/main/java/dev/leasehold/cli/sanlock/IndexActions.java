// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import java.io.PrintStream;

/** The actions on resource indexes (docs/spec/wire.md 7.2). */
final class IndexActions {
  private static final int EINVAL = -22;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;

  IndexActions(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
  }

  int act() {
    WireIndex index = Arguments.index(line);
    if (index.disk().path().toString().isEmpty()) {
      String what = line.action();
      boolean ofResource = what.equals("create") || what.equals("delete");
      out.println(what + (ofResource ? "_resource" : "") + " done " + EINVAL);
      return EINVAL;
    }
    return switch (line.action()) {
      case "format" -> plain("format", Command.FORMAT_RINDEX, sized(index));
      case "rebuild" -> plain("rebuild", Command.REBUILD_RINDEX, index);
      case "create" -> {
        Outcome outcome = entry(Command.CREATE_RESOURCE, 0, index);
        int result = done("create_resource", outcome);
        if (result == 0) {
          out.println("offset " + Long.toUnsignedString(found(outcome).offset()));
        }
        yield result;
      }
      case "delete" -> done("delete_resource", entry(Command.DELETE_RESOURCE, 0, index));
      case "lookup" -> {
        Outcome outcome = entry(Command.LOOKUP_RINDEX, 0, index);
        int result = done("lookup", outcome);
        if (result == 0) {
          print(found(outcome), out);
        }
        yield result;
      }
      default -> {
        int flags = line.has('z') ? Flags.INDEX_REM : Flags.INDEX_ADD;
        yield done("update", entry(Command.UPDATE_RINDEX, flags, index));
      }
    };
  }

  /** What a look-up found. */
  static void print(WireEntry entry, PrintStream out) {
    String name = entry.name().equals(Name.EMPTY) ? "-" : entry.name().toString();
    out.println("name " + name + " offset " + Long.toUnsignedString(entry.offset()));
  }

  private WireIndex sized(WireIndex index) {
    return new WireIndex(
        Arguments.sizeBits(line), index.maxResources(), 0, index.lockspace(), index.disk());
  }

  private int plain(String what, Command command, WireIndex index) {
    return done(what, caller.ask(command, 0, 0, 0, new RequestBody.OfIndex(index)));
  }

  private Outcome entry(Command command, int flags, WireIndex index) {
    RequestBody body = new RequestBody.OfEntry(index, Arguments.entry(line));
    return caller.ask(command, flags, 0, 0, body);
  }

  private static WireEntry found(Outcome outcome) {
    return outcome
        .reply()
        .map(reply -> reply.body() instanceof ReplyBody.OfEntry(WireEntry e) ? e : WireEntry.NONE)
        .orElse(WireEntry.NONE);
  }

  private int done(String what, Outcome outcome) {
    out.println(what + " done " + outcome.number());
    return outcome.number();
  }
}
