// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.MalformedRequest;
import dev.leasehold.sanlock.wire.RequestBody;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How each command is carried out, and what is checked at the door before (wire.md 1.6, 3). */
final class Commands {
  private final Door door;
  private final Map<Command, Rule> rules = new EnumMap<>(Command.class);

  /**
   * One command.
   *
   * @param closes the connection is closed after the reply, unless it is registered
   * @param ownerName what the connection is called from then on, if that changes
   * @param work carries it out
   */
  record Rule(Command command, boolean closes, Optional<Name> ownerName, Work work) {}

  /** Free, or tied to a registration. */
  sealed interface Work {
    /** For nobody in particular. */
    record Free(Handler handler) implements Work {}

    /** For a registered client. */
    record Tied(Handler.Tied handler) implements Work {}
  }

  Commands(Door door) {
    this.door = door;
    SessionCommands session = new SessionCommands(door);
    stays(Command.REGISTER, session::register);
    stays(Command.RESTRICT, session::restrict);
    stays(Command.VERSION, session::version);
    LeaseCommands leases = new LeaseCommands(door);
    tied(Command.ACQUIRE, leases::acquire);
    tied(Command.RELEASE, leases::release);
    tied(Command.INQUIRE, leases::inquire);
    tied(Command.CONVERT, leases::convert);
    tied(Command.KILLPATH, leases::killPath);
    free(Command.REQUEST, leases::request);
    free(Command.EXAMINE_RESOURCE, leases::examine);
    free(Command.SET_LVB, leases::setLvb);
    free(Command.GET_LVB, leases::getLvb);
    LockspaceCommands lockspaces = new LockspaceCommands(door);
    named(Command.ADD_LOCKSPACE, lockspaces::add);
    named(Command.REM_LOCKSPACE, lockspaces::remove);
    named(Command.INQ_LOCKSPACE, lockspaces::inquire);
    free(Command.EXAMINE_LOCKSPACE, lockspaces::examine);
    free(Command.SET_EVENT, lockspaces::setEvent);
    inline(Command.SET_CONFIG, lockspaces::setConfig);
    inline(Command.GET_LOCKSPACES, lockspaces::list);
    inline(Command.GET_HOSTS, lockspaces::hosts);
    DiskCommands disks = new DiskCommands(door);
    free(Command.ALIGN, disks::align);
    free(Command.WRITE_LOCKSPACE, disks::writeLockspace);
    free(Command.WRITE_RESOURCE, disks::writeResource);
    free(Command.READ_LOCKSPACE, disks::readLockspace);
    free(Command.READ_RESOURCE, disks::readResource);
    free(Command.READ_RESOURCE_OWNERS, disks::readOwners);
    StatusCommands status = new StatusCommands(door);
    inline(Command.STATUS, status::status);
    inline(Command.HOST_STATUS, status::hosts);
    inline(Command.RENEWAL, status::renewal);
    inline(Command.LOG_DUMP, status::log);
    inline(Command.REG_EVENT, door.events()::register);
    inline(Command.END_EVENT, door.events()::end);
    ShutdownCommands shutdown = new ShutdownCommands(door);
    inline(Command.SHUTDOWN, shutdown::shutdown);
    free(Command.SHUTDOWN_WAIT, shutdown::andWait);
    IndexCommands indexes = new IndexCommands(door);
    free(Command.FORMAT_RINDEX, indexes::format);
    free(Command.REBUILD_RINDEX, indexes::rebuild);
    free(Command.CREATE_RESOURCE, indexes::create);
    free(Command.DELETE_RESOURCE, indexes::delete);
    free(Command.LOOKUP_RINDEX, indexes::lookup);
    free(Command.UPDATE_RINDEX, indexes::update);
  }

  private void stays(Command command, Handler handler) {
    put(command, false, Optional.empty(), new Work.Free(handler));
  }

  private void tied(Command command, Handler.Tied handler) {
    put(command, false, Optional.empty(), new Work.Tied(handler));
  }

  private void free(Command command, Handler handler) {
    put(command, false, Optional.of("cmd" + command.number()), new Work.Free(handler));
  }

  private void named(Command command, Handler handler) {
    put(command, false, Optional.of(nameOf(command)), new Work.Free(handler));
  }

  private void inline(Command command, Handler handler) {
    put(command, true, Optional.of(nameOf(command)), new Work.Free(handler));
  }

  private static String nameOf(Command command) {
    return command.name().toLowerCase(Locale.ROOT);
  }

  private void put(Command command, boolean closes, Optional<String> name, Work work) {
    rules.put(command, new Rule(command, closes, name.map(Name::of), work));
  }

  /** How a command is carried out. */
  Rule rule(Command command) {
    Rule rule = rules.get(command);
    if (rule == null) {
      throw new IllegalStateException("nobody carries out " + command);
    }
    return rule;
  }

  /** Carries out a request whose body was read. */
  Answer answer(Rule rule, Client client, Header header, RequestBody body) {
    try {
      return switch (rule.work()) {
        case Work.Free(Handler handler) -> handler.answer(client, header, body);
        case Work.Tied(Handler.Tied handler) -> tied(handler, client, header, body);
      };
    } catch (LeaseException e) {
      return failed(rule, client, header, body, e);
    } catch (RuntimeException e) {
      door.say(ERROR, client, rule.command() + " failed by a fault in the daemon: " + e);
      return Answers.failed(rule.command(), header, body, ErrorCode.EINVAL);
    }
  }

  private Answer failed(
      Rule rule, Client client, Header header, RequestBody body, LeaseException e) {
    // What nobody needs to know of: a lookup that finds nothing.
    boolean usual = e.code() == ErrorCode.ENOENT || e.code() == ErrorCode.EINPROGRESS;
    door.say(usual ? DEBUG : INFO, client, rule.command() + ": " + e.getMessage());
    return Answers.failed(rule.command(), header, body, e.code());
  }

  private Answer tied(Handler.Tied handler, Client client, Header header, RequestBody body)
      throws LeaseException {
    Registration target = target(client, header);
    claim(target, header);
    try {
      return handler.answer(client, target, header, body);
    } finally {
      release(target);
    }
  }

  private Registration target(Client client, Header header) throws LeaseException {
    if (header.data2() == Header.OWN_REGISTRATION) {
      return client
          .registration()
          .orElseThrow(
              () -> new LeaseException(ErrorCode.EBUSY, "this connection is not registered"));
    }
    return door.clients()
        .registered(header.data2())
        .orElseThrow(
            () ->
                new LeaseException(
                    ErrorCode.ESRCH, "process " + header.data2() + " is not registered"));
  }

  private static void claim(Registration target, Header header) throws LeaseException {
    if (!target.claim(header.command())) {
      throw new LeaseException(
          ErrorCode.EBUSY,
          "another command is running for process " + target.pid() + ", or it is being forgotten");
    }
  }

  private void release(Registration target) {
    if (target.release()) {
      door.clients().remove(target.client());
    }
  }

  /** Answers a request whose body makes no sense: the door's own checks come first (1.6). */
  Answer refusal(Rule rule, Client client, Header header, MalformedRequest malformed) {
    if (rule.work() instanceof Work.Tied) {
      try {
        Registration target = target(client, header);
        claim(target, header);
        release(target);
      } catch (LeaseException e) {
        return failed(rule, client, header, RequestBody.None.NONE, e);
      }
    }
    door.say(INFO, client, rule.command() + ": " + malformed.getMessage());
    RequestBody echo =
        malformed
            .resource()
            .<RequestBody>map(RequestBody.OfResource::new)
            .orElse(RequestBody.None.NONE);
    return Answers.failed(rule.command(), header, echo, malformed.code());
  }
}
