// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceUse;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireHostEvent;
import dev.leasehold.sanlock.wire.WireLockspace;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Lockspaces: add, remove, inquire, list, hosts, events to them (docs/spec/wire.md 4.9 – 4.20). */
final class LockspaceCommands {
  private static final int MAX_IO_TIMEOUT = 255;

  // A century: the wait ends with what is waited for.
  private static final Duration UNLIMITED = Duration.ofDays(36_500);

  private final Door door;

  LockspaceCommands(Door door) {
    this.door = door;
  }

  Answer add(Client client, Header header, RequestBody body) throws LeaseException {
    LockspaceSpec spec = spec(Answers.lockspace(body));
    if (header.data() < 0 || header.data() > MAX_IO_TIMEOUT) {
      throw new LeaseException(
          ErrorCode.EINVAL, "an io timeout of " + header.data() + " s, expected 0 to 255");
    }
    JoinOptions options = JoinOptions.DEFAULT.withIoTimeout(header.data());
    if (Flags.has(header.flags(), Flags.ASYNC)) {
      door.manager().startAddLockspace(spec, options);
    } else {
      door.manager().addLockspace(spec, options);
    }
    return Answer.done(header);
  }

  Answer remove(Client client, Header header, RequestBody body) throws LeaseException {
    LockspaceSpec spec = spec(Answers.lockspace(body));
    boolean unused = Flags.has(header.flags(), Flags.REM_UNUSED);
    if (door.indexes().busy(spec.name())) {
      // Unknown ones are refused for that first.
      door.manager().inquireLockspace(spec);
      throw new LeaseException(
          ErrorCode.EBUSY, "an operation on a resource index of " + spec.name() + " is running");
    }
    if (Flags.has(header.flags(), Flags.ASYNC)) {
      door.manager().startRemoveLockspace(spec, unused);
    } else {
      door.manager().removeLockspace(spec, unused);
    }
    return Answer.done(header);
  }

  Answer inquire(Client client, Header header, RequestBody body) throws LeaseException {
    LockspaceSpec spec = spec(Answers.lockspace(body));
    if (Flags.has(header.flags(), Flags.INQ_WAIT)) {
      door.manager().awaitLockspace(spec, UNLIMITED);
    } else {
      door.manager().inquireLockspace(spec);
    }
    return Answer.done(header);
  }

  private static LockspaceSpec spec(WireLockspace lockspace) throws LeaseException {
    // Beyond what a signed number holds there is no host id either.
    long hostId = lockspace.hostId() < 0 ? Long.MAX_VALUE : lockspace.hostId();
    return new LockspaceSpec(
        lockspace.name(), hostId, Answers.path(lockspace.disk().path()), lockspace.disk().offset());
  }

  Answer list(Client client, Header header, RequestBody body) {
    List<WireLockspace> lockspaces =
        door.manager().lockspaces().stream().map(LockspaceCommands::wire).toList();
    return Answer.with(
        header.reply(0).withData2(lockspaces.size()), new ReplyBody.Lockspaces(lockspaces));
  }

  /** A lockspace as GET_LOCKSPACES and STATUS show it. */
  static WireLockspace wire(LockspaceView view) {
    int flags =
        switch (view.state()) {
          case ADDING -> Flags.LS_ADD;
          case JOINED -> 0;
          case REMOVING -> Flags.LS_REM;
        };
    LockspaceSpec spec = view.spec();
    return new WireLockspace(
        spec.name(), spec.hostId(), flags, WireDisk.of(spec.path(), spec.offset()));
  }

  Answer hosts(Client client, Header header, RequestBody body) throws LeaseException {
    WireLockspace wanted = Answers.lockspace(body);
    checkSeen(wanted.name());
    OptionalLong hostId =
        wanted.hostId() == 0 ? OptionalLong.empty() : OptionalLong.of(wanted.hostId());
    List<WireHost> hosts =
        door.manager().hosts(wanted.name(), hostId).stream().map(LockspaceCommands::wire).toList();
    return Answer.with(header.reply(0).withData2(hosts.size()), new ReplyBody.Hosts(hosts));
  }

  /**
   * The original knows no hosts before its first renewal has been evaluated (4.13); ours may have
   * looked before, but not seen ourselves.
   */
  private void checkSeen(Name name) throws LeaseException {
    Optional<LockspaceView> view = door.manager().lockspace(name);
    if (view.isPresent()) {
      OptionalLong own = OptionalLong.of(view.get().spec().hostId());
      long generation = view.get().generation();
      if (door.manager().hosts(name, own).stream()
          .noneMatch(host -> host.generation() == generation && host.timestamp() != 0)) {
        throw new LeaseException(
            ErrorCode.EAGAIN, "the hosts of " + name + " have not been looked at yet");
      }
    }
  }

  private static WireHost wire(HostView host) {
    return new WireHost(
        host.hostId(),
        host.generation(),
        host.timestamp(),
        host.ioTimeout(),
        host.state().number());
  }

  Answer setConfig(Client client, Header header, RequestBody body) throws LeaseException {
    Name name = Answers.lockspace(body).name();
    if (door.manager().lockspace(name).isEmpty()) {
      throw new LeaseException(ErrorCode.ENOENT, "lockspace " + name + " is not joined");
    }
    LockspaceUse use =
        switch (header.data()) {
          case 1 -> LockspaceUse.USED;
          case 2 -> LockspaceUse.UNUSED;
          case 4 -> LockspaceUse.USED_BY_ORPHANS;
          case 8 -> LockspaceUse.UNUSED_BY_ORPHANS;
          default ->
              throw new LeaseException(
                  ErrorCode.EINVAL, "configuration " + header.data() + ", expected 1, 2, 4 or 8");
        };
    door.manager().setUse(name, use);
    return Answer.done(header);
  }

  Answer examine(Client client, Header header, RequestBody body) {
    door.manager().examineLockspace(Answers.lockspace(body).name());
    return Answer.done(header);
  }

  Answer setEvent(Client client, Header header, RequestBody body) throws LeaseException {
    if (!(body instanceof RequestBody.OfEvent(WireLockspace lockspace, WireHostEvent event))) {
      throw Answers.unexpected(body);
    }
    door.manager()
        .setEvent(
            lockspace.name(),
            event.hostId(),
            event.generation(),
            event.event(),
            event.data(),
            flags(header.flags()));
    return Answer.done(header);
  }

  private static Set<HostEventFlag> flags(int bits) {
    Set<HostEventFlag> flags = EnumSet.noneOf(HostEventFlag.class);
    add(flags, bits, Flags.EVENT_CUR_GENERATION, HostEventFlag.CURRENT_GENERATION);
    add(flags, bits, Flags.EVENT_CLEAR_HOSTID, HostEventFlag.CLEAR_HOST);
    add(flags, bits, Flags.EVENT_CLEAR_EVENT, HostEventFlag.CLEAR_EVENT);
    add(flags, bits, Flags.EVENT_REPLACE, HostEventFlag.REPLACE);
    add(flags, bits, Flags.EVENT_ALL_HOSTS, HostEventFlag.ALL_HOSTS);
    return flags;
  }

  private static void add(Set<HostEventFlag> flags, int bits, int bit, HostEventFlag flag) {
    if (Flags.has(bits, bit)) {
      flags.add(flag);
    }
  }
}
