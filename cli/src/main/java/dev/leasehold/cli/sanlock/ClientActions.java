// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHostEvent;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.PrintStream;
import java.util.Map;

/**
 * {@code sanlock client ACTION} (docs/spec/wire.md 7.2): each action prints what it does, asks, and
 * prints the number that came of it. The exit code is 0 if that number is 0.
 */
final class ClientActions {
  private static final int EINVAL = -22;
  private static final int PROTOCOL_MAJOR_SHIFT = 16;
  private static final int DEFAULT_IO_TIMEOUT = 10;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;

  private ClientActions(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
  }

  static int run(Line line, Map<String, String> environment, PrintStream out) {
    Caller caller = new Caller(environment);
    int result = new ClientActions(line, out, caller).act();
    return result == 0 ? 0 : 1;
  }

  private int act() {
    return switch (line.action()) {
      case "status" -> new StatusReport(line, out, caller).print();
      case "host_status" -> new HostReport(line, out, caller).hostStatus();
      case "renewal" -> new HostReport(line, out, caller).renewals();
      case "gets" -> new HostReport(line, out, caller).gets();
      case "log_dump" -> logDump();
      case "version" -> version();
      case "shutdown" -> shutdown();
      case "init", "write" -> init();
      case "read" -> new ReadAction(line, out, caller).read();
      case "align" -> align();
      case "add_lockspace" -> addLockspace();
      case "inq_lockspace" -> lockspace("inq_lockspace", Command.INQ_LOCKSPACE);
      case "rem_lockspace" -> lockspace("rem_lockspace", Command.REM_LOCKSPACE);
      case "set_event" -> setEvent();
      case "set_config" -> setConfig();
      case "request" -> request();
      case "examine" -> examine();
      case "format", "rebuild", "create", "delete", "lookup", "update" ->
          new IndexActions(line, out, caller).act();
      default -> new HolderActions(line, out, caller).act();
    };
  }

  private int done(String what, int result) {
    out.println(what + " done " + result);
    return result;
  }

  private int logDump() {
    Outcome outcome = caller.ask(Command.LOG_DUMP, 0, 0, 0, RequestBody.None.NONE);
    outcome
        .reply()
        .ifPresent(
            reply -> {
              if (reply.body() instanceof ReplyBody.Bytes(Octets text)) {
                out.writeBytes(text.bytes());
                out.println();
              }
            });
    return outcome.number();
  }

  private int version() {
    Outcome outcome = caller.ask(Command.VERSION, 0, 0, 0, RequestBody.None.NONE);
    int version = 0;
    int protocol = 0;
    if (outcome.reply().isPresent()) {
      Header header = outcome.reply().get().header();
      version = header.data2();
      protocol = header.version();
    } else {
      out.println("daemon version error " + outcome.number());
    }
    out.println("client version " + versionText(SanlockCommand.VERSION_NUMBER));
    out.println("daemon version " + versionText(version));
    out.println("client socket protocol " + protocolText(Header.VERSION));
    out.println("daemon socket protocol " + protocolText(protocol));
    return 0;
  }

  private static String versionText(int version) {
    return (version >>> 24)
        + "."
        + (version >>> 16 & 0xFF)
        + "."
        + (version >>> 8 & 0xFF)
        + " (0x"
        + String.format("%08x", version)
        + ")";
  }

  private static String protocolText(int version) {
    return (version >>> PROTOCOL_MAJOR_SHIFT) + "." + (version & 0xFFFF);
  }

  private int shutdown() {
    int force = line.number('f', 0);
    int wait = line.number('w', 0);
    out.println("shutdown force " + force + " wait " + wait);
    int result =
        wait == 0
            ? caller.tell(Command.SHUTDOWN, force)
            : caller.ask(Command.SHUTDOWN_WAIT, 0, force, 0, RequestBody.None.NONE).number();
    return done("shutdown", result);
  }

  private int init() {
    out.println("init");
    if (Arguments.hasLockspacePath(line)) {
      RequestBody body =
          new RequestBody.OfLockspace(
              Arguments.lockspace(line).withFlags(Arguments.sizeBits(line)));
      int ioTimeout = line.number('o', 0);
      return done("init", caller.ask(Command.WRITE_LOCKSPACE, 0, 0, ioTimeout, body).number());
    }
    if (line.resources().isEmpty() || line.resources().getFirst().disks().isEmpty()) {
      return done("init", EINVAL);
    }
    WireResource resource = line.resources().getFirst().withFlags(Arguments.sizeBits(line));
    // The library puts max_hosts where the daemon looks for num_hosts (docs/spec/wire.md 4.16).
    int flags = line.has('z') ? Flags.WRITE_CLEAR : 0;
    return done(
        "init",
        caller
            .ask(
                Command.WRITE_RESOURCE,
                flags,
                line.number('m', 0),
                line.number('n', 0),
                new RequestBody.OfResource(resource))
            .number());
  }

  private int align() {
    out.println("align");
    RequestBody body = new RequestBody.OfDisk(Arguments.lockspace(line).disk());
    return done("align", caller.ask(Command.ALIGN, 0, 0, 0, body).number());
  }

  private int addLockspace() {
    int ioTimeout = line.number('o', DEFAULT_IO_TIMEOUT);
    boolean stated = ioTimeout != 0 && ioTimeout != DEFAULT_IO_TIMEOUT;
    String what = stated ? "add_lockspace_timeout" : "add_lockspace";
    out.println(stated ? what + " " + ioTimeout : what);
    return done(what, named(Command.ADD_LOCKSPACE, stated ? ioTimeout : 0));
  }

  private int lockspace(String what, Command command) {
    out.println(what);
    return done(what, named(command, 0));
  }

  private int named(Command command, int data) {
    RequestBody body = new RequestBody.OfLockspace(Arguments.lockspace(line));
    return caller.ask(command, 0, data, 0, body).number();
  }

  private int setEvent() {
    long hostId = line.longNumber('i', 0);
    long generation = line.longNumber('g', 0);
    long event = line.anyBase('e');
    long data = line.anyBase('d');
    out.println(
        "set_event "
            + Long.toUnsignedString(hostId)
            + " "
            + Long.toUnsignedString(generation)
            + " event 0x"
            + Long.toHexString(event)
            + " data 0x"
            + Long.toHexString(data));
    RequestBody body =
        new RequestBody.OfEvent(
            Arguments.lockspace(line), new WireHostEvent(hostId, generation, event, data));
    return done("set_event", caller.ask(Command.SET_EVENT, 0, 0, 0, body).number());
  }

  private int setConfig() {
    int config =
        line.has('O') ? (line.flag('O') ? 4 : 8) : line.has('u') ? (line.flag('u') ? 1 : 2) : 0;
    WireLockspace lockspace = Arguments.lockspace(line);
    out.println("set_config " + lockspace.name() + " " + config);
    RequestBody body = new RequestBody.OfLockspace(lockspace);
    return done("set_config", caller.ask(Command.SET_CONFIG, 0, config, 0, body).number());
  }

  private int request() {
    out.println("request");
    if (line.resources().isEmpty()) {
      return done("request", EINVAL);
    }
    RequestBody body = new RequestBody.OfResource(line.resources().getFirst());
    return done("request", caller.ask(Command.REQUEST, 0, line.number('f', 0), 0, body).number());
  }

  private int examine() {
    out.println("examine");
    if (Arguments.hasLockspacePath(line)) {
      RequestBody body = new RequestBody.OfLockspace(Arguments.lockspace(line));
      return done("examine", caller.ask(Command.EXAMINE_LOCKSPACE, 0, 0, 0, body).number());
    }
    if (line.resources().isEmpty()) {
      return done("examine", EINVAL);
    }
    RequestBody body = new RequestBody.OfResource(line.resources().getFirst().withoutDisks());
    return done("examine", caller.ask(Command.EXAMINE_RESOURCE, 0, 0, 0, body).number());
  }
}
