// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.PrintStream;
import java.util.List;

/** {@code sanlock client read} (docs/spec/wire.md 7.4). */
final class ReadAction {
  private static final int EINVAL = -22;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;

  ReadAction(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
  }

  int read() {
    if (Arguments.hasLockspacePath(line)) {
      return lockspace();
    }
    return line.resources().isEmpty() ? failed(EINVAL) : resource(line.resources().getFirst());
  }

  private int failed(int number) {
    out.println("read error " + number);
    return number;
  }

  private int lockspace() {
    WireLockspace asked = Arguments.lockspace(line).withFlags(Arguments.sizeBits(line));
    Outcome outcome =
        caller.ask(Command.READ_LOCKSPACE, 0, 0, 0, new RequestBody.OfLockspace(asked));
    if (outcome.failed() || outcome.reply().isEmpty()) {
      return failed(outcome.number());
    }
    if (outcome.reply().get().body() instanceof ReplyBody.OfLockspace(WireLockspace found)) {
      out.println("s " + plain(found));
      if (line.debug()) {
        out.println("io_timeout " + outcome.reply().get().header().data2());
        sizes(found.flags());
      }
    }
    return outcome.number();
  }

  private void sizes(int flags) {
    out.println("sector_size " + Arguments.sectorSize(flags));
    out.println("align_size " + Arguments.alignSize(flags));
  }

  private int resource(WireResource given) {
    WireResource asked = given.withFlags(given.flags() | Arguments.sizeBits(line));
    RequestBody body = new RequestBody.OfResource(asked);
    if (line.flag('h')) {
      return owners(asked, caller.ask(Command.READ_RESOURCE_OWNERS, 0, 0, 0, body));
    }
    Outcome outcome = caller.ask(Command.READ_RESOURCE, 0, 0, 0, body);
    if (outcome.failed() || outcome.reply().isEmpty()) {
      return failed(outcome.number());
    }
    if (outcome.reply().get().body() instanceof ReplyBody.OfResource(WireResource found)) {
      print(asked, found);
    }
    return outcome.number();
  }

  private int owners(WireResource asked, Outcome outcome) {
    if (outcome.failed() || outcome.reply().isEmpty()) {
      return failed(outcome.number());
    }
    if (outcome.reply().get().body()
        instanceof ReplyBody.Owners(WireResource found, List<WireHost> hosts)) {
      print(asked, found);
      boolean shared = Flags.has(found.flags(), Flags.RES_SHARED);
      for (WireHost host : hosts) {
        out.println(
            shared || host.timestamp() == 0
                ? "h "
                    + Long.toUnsignedString(host.hostId())
                    + " gen "
                    + Long.toUnsignedString(host.generation())
                : HostReport.text(host));
      }
    }
    return outcome.number();
  }

  private void print(WireResource asked, WireResource found) {
    StringBuilder text = new StringBuilder("r ");
    text.append(found.lockspace()).append(':').append(found.name());
    for (WireDisk disk : asked.disks()) {
      text.append(':').append(disk.path()).append(':');
      text.append(Long.toUnsignedString(disk.offset()));
    }
    boolean shared = Flags.has(found.flags(), Flags.RES_SHARED);
    out.println(text.append(':').append(shared ? "SH" : Long.toUnsignedString(found.lver())));
    if (line.debug()) {
      sizes(found.flags());
    }
  }

  /** As it is listed here: the path is not escaped. */
  static String plain(WireLockspace lockspace) {
    return lockspace.name()
        + ":"
        + Long.toUnsignedString(lockspace.hostId())
        + ":"
        + lockspace.disk().path()
        + ":"
        + Long.toUnsignedString(lockspace.disk().offset());
  }
}
