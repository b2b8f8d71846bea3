// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A client of a sanlock daemon.
 *
 * <pre>{@code
 * SanlockClient sanlock = SanlockClient.of(System.getenv());
 * sanlock.lockspaces().add(LockspaceRef.of("LS", 1, "/dev/vg/ids"), 0);
 * try (RegisteredProcess holder = sanlock.register()) {
 *   holder.acquire(LeaseWish.exclusive(ResourceRef.of("LS", "db", LeasePlace.of("/dev/vg/db"))));
 *   …
 * }
 * }</pre>
 *
 * <p>Holds no resources of its own: every call makes a connection, except those of a {@link
 * RegisteredProcess} and of an {@link EventStream}, which are to be closed. Thread-safe.
 */
public final class SanlockClient {
  private static final String DEFAULT_RUN_DIR = "/run/sanlock";
  private static final String SOCKET = "sanlock.sock";

  private final Dialer dialer;

  private SanlockClient(Dialer dialer) {
    this.dialer = dialer;
  }

  /** A client of the daemon that listens there, with the default timeouts. */
  public static SanlockClient at(Path socket) {
    return new SanlockClient(new Dialer(socket, ClientTimeouts.DEFAULT));
  }

  /** A client of the daemon of this host, or of the one that SANLOCK_RUN_DIR leads to. */
  public static SanlockClient of(Map<String, String> environment) {
    String runDir = environment.getOrDefault("SANLOCK_RUN_DIR", DEFAULT_RUN_DIR);
    return at(Path.of(runDir, SOCKET));
  }

  /** The same client with other timeouts. */
  public SanlockClient with(ClientTimeouts timeouts) {
    return new SanlockClient(new Dialer(dialer.socket(), timeouts));
  }

  /**
   * What the daemon is.
   *
   * @param version major, minor and patch in one byte each, from the highest: 0x03080500
   * @param protocol of the socket
   */
  public record Version(int version, int protocol) {
    /** For example {@code 3.8.5}. */
    @Override
    public String toString() {
      return (version >>> 24) + "." + (version >>> 16 & 0xFF) + "." + (version >>> 8 & 0xFF);
    }
  }

  /** Asks which version the daemon has. */
  public Version version() throws IOException, SanlockException {
    Header reply = dialer.ask(Command.VERSION, 0, 0, 0, RequestBody.None.NONE).header();
    return new Version(reply.data2(), reply.data());
  }

  /**
   * Registers this process as a holder of leases. Nothing is answered to that: that it went wrong
   * shows with the first command.
   */
  public RegisteredProcess register() throws IOException {
    Connection connection = dialer.connect();
    try {
      connection.allow(dialer.timeouts().answer());
      connection.send(Request.of(Command.REGISTER, 0, 0, 0, RequestBody.None.NONE).encode());
      return new RegisteredProcess(connection, dialer.timeouts());
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Acts for a process that is registered.
   *
   * @param pid of that process
   * @throws IllegalArgumentException if it is not positive
   */
  public OtherProcess process(int pid) {
    if (pid <= 0) {
      throw new IllegalArgumentException("a process id is positive, not " + pid);
    }
    return new OtherProcess(dialer, pid);
  }

  /** Lockspaces: join, leave, look at hosts, tell them something. */
  public LockspaceCommands lockspaces() {
    return new LockspaceCommands(dialer);
  }

  /** Lease areas on storage: make and read. */
  public AreaCommands areas() {
    return new AreaCommands(dialer);
  }

  /** Resource indexes. */
  public IndexCommands indexes() {
    return new IndexCommands(dialer);
  }

  /** What the daemon says about itself. */
  public StatusCommands status() {
    return new StatusCommands(dialer);
  }

  // ---- requests and lock values ----

  /**
   * Asks the owner of a lease, on whatever host, to give it up.
   *
   * @param lver the version wanted; empty for the one after the present
   * @param force kill its holder, instead of asking it
   * @throws SanlockException REQUEST_OLD, REQUEST_LVER, ENOSPC lockspace not joined
   */
  public void request(ResourceRef resource, OptionalLong lver, boolean force)
      throws IOException, SanlockException {
    WireResource wire = resource.wire().withLver(lver.orElse(0));
    int flags = lver.isEmpty() ? Flags.REQUEST_NEXT_LVER : 0;
    dialer.ask(Command.REQUEST, flags, force ? 1 : 2, 0, new RequestBody.OfResource(wire));
  }

  /** Has the daemon look now whether somebody requests a lease that is held on this host. */
  public void examine(ResourceRef resource) throws IOException, SanlockException {
    dialer.ask(Command.EXAMINE_RESOURCE, 0, 0, 0, resource.bodyWithoutDisks());
  }

  /**
   * Changes the lock value of a lease that is held on this host.
   *
   * @param value at most a sector; a shorter one replaces the beginning
   * @throws SanlockException ENOENT not held; EINVAL acquired without; E2BIG longer than a sector
   */
  public void setLvb(ResourceRef resource, byte[] value) throws IOException, SanlockException {
    WireResource wire = resource.wire().withoutDisks();
    dialer.ask(Command.SET_LVB, 0, 0, 0, new RequestBody.Value(wire, Octets.of(value)));
  }

  /**
   * The lock value of a lease that is held on this host.
   *
   * @return one sector
   * @throws SanlockException as {@link #setLvb}
   */
  public byte[] getLvb(ResourceRef resource) throws IOException, SanlockException {
    ReplyBody body = dialer.ask(Command.GET_LVB, 0, 0, 0, resource.bodyWithoutDisks()).body();
    return ((ReplyBody.Bytes) body).bytes().bytes();
  }

  // ---- the daemon ----

  /**
   * Asks the daemon to end. It does so if no lockspace exists; nobody tells.
   *
   * @param force leave every lockspace; processes that hold leases are killed
   */
  public void shutdown(boolean force) throws IOException {
    try (Connection connection = dialer.connect()) {
      connection.allow(dialer.timeouts().answer());
      connection.send(
          Request.of(Command.SHUTDOWN, 0, force ? 1 : 0, 0, RequestBody.None.NONE).encode());
      connection.awaitEnd();
    }
  }

  /**
   * As {@link #shutdown}, and waits until all lockspaces are gone.
   *
   * @throws SanlockException EBUSY a lockspace exists and it was not forced
   */
  public void shutdownAndWait(boolean force) throws IOException, SanlockException {
    dialer.askAndWait(Command.SHUTDOWN_WAIT, 0, force ? 1 : 0, 0, RequestBody.None.NONE);
  }
}
