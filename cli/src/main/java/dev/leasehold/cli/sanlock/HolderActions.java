// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.sanlock.Caller.Outcome;
import dev.leasehold.linux.process.ProgramImage;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.text.StateText;
import dev.leasehold.sanlock.text.TextFault;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireOptions;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The actions for holders: {@code command}, {@code acquire}, {@code release} and others. */
final class HolderActions {
  private static final int NO_PID = -1;
  private static final int EINVAL = -22;

  private final Line line;
  private final PrintStream out;
  private final Caller caller;
  private final int pid;

  HolderActions(Line line, PrintStream out, Caller caller) {
    this.line = line;
    this.out = out;
    this.caller = caller;
    this.pid = line.number('p', NO_PID);
  }

  int act() {
    return switch (line.action()) {
      case "command" -> command();
      case "acquire" -> acquire();
      case "convert" -> convert();
      case "release" -> release();
      default -> inquire();
    };
  }

  private int done(String what, int result) {
    out.println(what + " done " + result);
    return result;
  }

  private List<WireResource> wanted() {
    List<WireResource> resources = new ArrayList<>();
    for (WireResource resource : line.resources()) {
      int flags =
          resource.flags()
              | (line.flag('P') ? Flags.RES_PERSISTENT : 0)
              | (line.flag('n') ? Flags.RES_NUM_HOSTS : 0);
      resources.add(resource.withFlags(flags).withData32(line.number('n', 0)));
    }
    return resources;
  }

  private Request acquisition(int target) {
    List<WireResource> resources = wanted();
    int flags = line.flag('O') ? Flags.ACQUIRE_ORPHAN : 0;
    return Request.of(
        Command.ACQUIRE,
        flags,
        resources.size(),
        target,
        new RequestBody.Acquire(resources, WireOptions.NONE));
  }

  private int acquire() {
    out.println("acquire pid " + pid);
    Request request = acquisition(pid);
    Header header = request.header();
    return done(
        "acquire",
        caller.ask(Command.ACQUIRE, header.flags(), header.data(), pid, request.body()).number());
  }

  private int convert() {
    out.println("convert pid " + pid);
    if (line.resources().isEmpty()) {
      return done("convert", EINVAL);
    }
    RequestBody body = new RequestBody.OfResource(line.resources().getFirst().withoutDisks());
    return done("convert", caller.ask(Command.CONVERT, 0, 0, pid, body).number());
  }

  private int release() {
    out.println("release pid " + pid);
    return done("release", released().number());
  }

  private Outcome released() {
    List<WireResource> resources =
        line.resources().stream().map(WireResource::withoutDisks).toList();
    if (line.flag('O')) {
      List<WireResource> orphans =
          resources.isEmpty()
              ? List.of(WireResource.of(Arguments.lockspace(line).name(), Name.EMPTY, List.of()))
              : resources.subList(0, 1);
      return caller.ask(
          Command.RELEASE, Flags.RELEASE_ORPHAN, 1, pid, new RequestBody.OfResources(orphans));
    }
    if (line.flag('a')) {
      return caller.ask(
          Command.RELEASE, Flags.RELEASE_ALL, 0, pid, new RequestBody.OfResources(List.of()));
    }
    return caller.ask(
        Command.RELEASE, 0, resources.size(), pid, new RequestBody.OfResources(resources));
  }

  private int inquire() {
    out.println("inquire pid " + pid);
    Outcome outcome = caller.ask(Command.INQUIRE, 0, 0, pid, RequestBody.None.NONE);
    int count = outcome.reply().map(reply -> reply.header().data2()).orElse(0);
    out.println("inquire done " + outcome.number() + " res_count " + count);
    if (outcome.failed()) {
      return outcome.number();
    }
    String state = outcome.reply().map(HolderActions::state).orElse("");
    out.println(state.isEmpty() ? "\"(null)\"" : "\"" + state + "\"");
    if (line.debug()) {
      parsed(state);
    }
    return outcome.number();
  }

  private static String state(Reply reply) {
    if (!(reply.body() instanceof ReplyBody.Bytes(Octets text))) {
      return "";
    }
    String all = text.toString();
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }

  /** The original shows here that it can read what it prints. */
  private void parsed(String state) {
    out.println();
    try {
      List<WireResource> resources = state.isEmpty() ? List.of() : StateText.parse(state);
      out.println("state_to_args done 0 res_count " + resources.size());
      for (WireResource resource : resources) {
        // Without the flag, so that it shows the version that was read.
        out.println("\"" + StateText.print(List.of(resource.withFlags(Flags.RES_LVER))) + "\"");
      }
      out.println();
      out.println("args_to_state done 0");
      out.println("\"" + StateText.print(resources) + "\"");
    } catch (TextFault e) {
      out.println("state_to_args done " + e.code() + " res_count 0");
    }
  }

  // ---- command ----

  private int command() {
    out.println("register");
    try {
      StreamConnection connection = caller.connect();
      connection.keepOnExec(true);
      Caller.send(connection, Request.of(Command.REGISTER, 0, 0, 0, RequestBody.None.NONE));
      out.println("register done " + connection.descriptor());
      if (!line.resources().isEmpty()) {
        out.println("acquire fd " + connection.descriptor());
        Caller.send(connection, acquisition(NO_PID));
        Reply reply = ReplyReader.read(Command.ACQUIRE, new Caller.Source(connection));
        if (done("acquire", reply.header().data()) < 0) {
          return 0;
        }
      }
    } catch (IOException e) {
      out.println("register done " + Caller.number(e));
      return 0;
    }
    out.flush();
    execute();
    return 0;
  }

  /** The program takes over this process and its connection. */
  @SuppressWarnings("SystemOut") // as the original says it
  private void execute() {
    if (line.program().isEmpty()) {
      while (true) {
        LockSupport.park(this);
      }
    }
    int errno = ProgramImage.replace(line.program());
    System.err.println("execv failed: errno " + errno);
  }
}
