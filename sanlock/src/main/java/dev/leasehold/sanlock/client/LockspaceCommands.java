// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHostEvent;
import dev.leasehold.sanlock.wire.WireLockspace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lockspaces of a daemon. Thread-safe. */
public final class LockspaceCommands {
  private final Dialer dialer;

  LockspaceCommands(Dialer dialer) {
    this.dialer = dialer;
  }

  /** How a lockspace is. */
  public enum State {
    /** Joined. */
    JOINED,
    /** Being joined or left. */
    CHANGING,
    /** Neither. */
    ABSENT
  }

  /** What somebody outside of the daemon declares about a lockspace. */
  public enum Use {
    /** In use although nobody holds a lease. */
    USED(1),
    /** No longer. */
    UNUSED(2),
    /** Orphans count as use. */
    USED_BY_ORPHANS(4),
    /** No longer. */
    UNUSED_BY_ORPHANS(8);

    private final int number;

    Use(int number) {
      this.number = number;
    }
  }

  /**
   * A lockspace of the daemon.
   *
   * @param adding it is being joined
   * @param removing it is being left
   */
  public record Listed(LockspaceRef lockspace, boolean adding, boolean removing) {}

  /**
   * Joins a lockspace; returns when it is joined.
   *
   * @param ioTimeout seconds; 0 for the daemon's default
   * @throws SanlockException EEXIST joined already; EINPROGRESS; EAGAIN being left; ENODEV; EINVAL;
   *     HOSTID_BUSY; LEADER_…
   */
  public void add(LockspaceRef lockspace, int ioTimeout) throws IOException, SanlockException {
    dialer.askAndWait(Command.ADD_LOCKSPACE, 0, ioTimeout, 0, lockspace.body());
  }

  /** Begins to join; {@link #inquire} and {@link #await} tell what comes of it. */
  public void startAdd(LockspaceRef lockspace, int ioTimeout) throws IOException, SanlockException {
    dialer.ask(Command.ADD_LOCKSPACE, Flags.ASYNC, ioTimeout, 0, lockspace.body());
  }

  /** How a lockspace is; host id 0 stands for any. */
  public State inquire(LockspaceRef lockspace) throws IOException, SanlockException {
    try {
      dialer.ask(Command.INQ_LOCKSPACE, 0, 0, 0, lockspace.body());
      return State.JOINED;
    } catch (SanlockException e) {
      return otherThanJoined(e);
    }
  }

  /** As {@link #inquire}, but waits as long as it is changing. */
  public State await(LockspaceRef lockspace) throws IOException, SanlockException {
    try {
      dialer.askAndWait(Command.INQ_LOCKSPACE, Flags.INQ_WAIT, 0, 0, lockspace.body());
      return State.JOINED;
    } catch (SanlockException e) {
      return otherThanJoined(e);
    }
  }

  private static State otherThanJoined(SanlockException e) throws SanlockException {
    if (e.is(ErrorCode.EINPROGRESS)) {
      return State.CHANGING;
    }
    if (e.is(ErrorCode.ENOENT)) {
      return State.ABSENT;
    }
    throw e;
  }

  /**
   * Leaves a lockspace; returns when it is gone. Processes with leases in it are killed.
   *
   * @param onlyIfUnused refuse with EBUSY if a lease in it is known in any state
   * @throws SanlockException ENOENT; EINPROGRESS being left already; EBUSY
   */
  public void remove(LockspaceRef lockspace, boolean onlyIfUnused)
      throws IOException, SanlockException {
    int flags = onlyIfUnused ? Flags.REM_UNUSED : 0;
    dialer.askAndWait(Command.REM_LOCKSPACE, flags, 0, 0, lockspace.body());
  }

  /** Begins to leave. */
  public void startRemove(LockspaceRef lockspace, boolean onlyIfUnused)
      throws IOException, SanlockException {
    int flags = Flags.ASYNC | (onlyIfUnused ? Flags.REM_UNUSED : 0);
    dialer.ask(Command.REM_LOCKSPACE, flags, 0, 0, lockspace.body());
  }

  /** All lockspaces of the daemon. */
  public List<Listed> list() throws IOException, SanlockException {
    Reply reply = dialer.ask(Command.GET_LOCKSPACES, 0, 0, 0, RequestBody.None.NONE);
    return ((ReplyBody.Lockspaces) reply.body())
        .lockspaces().stream().map(LockspaceCommands::listed).toList();
  }

  private static Listed listed(WireLockspace lockspace) {
    return new Listed(
        LockspaceRef.of(lockspace),
        Flags.has(lockspace.flags(), Flags.LS_ADD),
        Flags.has(lockspace.flags(), Flags.LS_REM));
  }

  /**
   * The hosts of a joined lockspace that have a lease.
   *
   * @throws SanlockException ENOENT not joined; EAGAIN not looked at yet
   */
  public List<Host> hosts(Name lockspace) throws IOException, SanlockException {
    return hosts(WireLockspace.named(lockspace));
  }

  /** One host of a joined lockspace; empty if there can be no such host. */
  public Optional<Host> host(Name lockspace, long hostId) throws IOException, SanlockException {
    WireLockspace named = WireLockspace.named(lockspace);
    return hosts(new WireLockspace(lockspace, hostId, 0, named.disk())).stream().findFirst();
  }

  private List<Host> hosts(WireLockspace lockspace) throws IOException, SanlockException {
    Reply reply = dialer.ask(Command.GET_HOSTS, 0, 0, 0, new RequestBody.OfLockspace(lockspace));
    return ((ReplyBody.Hosts) reply.body()).hosts().stream().map(Host::of).toList();
  }

  /**
   * Declares a use.
   *
   * @throws SanlockException ENOENT not joined; ENOSPC failing
   */
  public void declare(Name lockspace, Use use) throws IOException, SanlockException {
    dialer.ask(Command.SET_CONFIG, 0, use.number, 0, LockspaceRef.named(lockspace));
  }

  /**
   * Tells another host something with the next renewals.
   *
   * @param generation of that host
   * @throws SanlockException EINVAL host id; ENOENT not joined; EBUSY another event is being told
   */
  public void setEvent(
      Name lockspace, long hostId, long generation, long event, long data, Set<EventOption> options)
      throws IOException, SanlockException {
    int flags = options.stream().mapToInt(EventOption::bit).reduce(0, (a, b) -> a | b);
    WireHostEvent told = new WireHostEvent(hostId, generation, event, data);
    dialer.ask(
        Command.SET_EVENT,
        flags,
        0,
        0,
        new RequestBody.OfEvent(WireLockspace.named(lockspace), told));
  }

  /**
   * Subscribes to what other hosts tell this one.
   *
   * @throws SanlockException ENOENT not joined; ENOCSI too many subscribers
   */
  public EventStream events(Name lockspace) throws IOException, SanlockException {
    return EventStream.open(dialer, lockspace);
  }

  /** Has the daemon look now for requests for any lease of a lockspace held on this host. */
  public void examine(LockspaceRef lockspace) throws IOException, SanlockException {
    dialer.ask(Command.EXAMINE_LOCKSPACE, 0, 0, 0, lockspace.body());
  }
}
