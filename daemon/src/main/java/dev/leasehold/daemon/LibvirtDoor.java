// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.disklease.DiskLeases;
import dev.leasehold.libvirt.virtlockd.VirtlockdServer;
import dev.leasehold.linux.Account;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.StreamListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The virtlockd socket of a daemon, and the leases of guests' disks behind it
 * (docs/spec/libvirt-lockd.md 1). Where systemd listens, its descriptor is taken.
 */
public final class LibvirtDoor implements Door {
  /** Where libvirt's system daemon connects. */
  public static final String SYSTEM_SOCKET = "/run/libvirt/virtlockd-sock";

  private static final String SYSTEMD_NAME = "virtlockd.socket";
  private static final int BACKLOG = 1024;
  private static final int OWNER_ONLY = 0600;

  /** One stays open for every running guest. */
  private static final int MAX_CONNECTIONS = 16_384;

  private final DaemonContext context;
  private final LeaseholdConfig config;
  private final DiskLeases leases;
  private volatile Optional<VirtlockdServer> server = Optional.empty();
  private volatile Optional<Path> made = Optional.empty();

  /** Of this configuration, which has a socket. */
  public LibvirtDoor(DaemonContext context, LeaseholdConfig config) {
    this.context = context;
    this.config = config;
    LinuxPorts ports = context.ports();
    this.leases =
        new DiskLeases(
            context.manager(),
            new DiskLeases.World(
                ports.storage(), ports.tasks(), ports.processes(), ports.clock(), stateDirectory()),
            config,
            (level, line) -> context.log().say(level, line));
  }

  private Path stateDirectory() {
    String named = context.environment().variables().getOrDefault("LEASEHOLD_STATE_DIR", "");
    return Path.of(named.startsWith("/") ? named : "/var/lib/leasehold");
  }

  @Override
  public String name() {
    return "libvirt";
  }

  /** The lockspace is joined in the background: a guest that is started meanwhile waits for it. */
  @Override
  public void start() throws IOException {
    int uid = Account.current().uid();
    // Before anything is joined: somebody else may be in charge of that socket.
    StreamListener listener = listener(uid);
    leases.start();
    VirtlockdServer started =
        new VirtlockdServer(
            listener,
            leases,
            uid,
            MAX_CONNECTIONS,
            (level, line) -> context.log().say(level, line));
    server = Optional.of(started);
    started.start();
  }

  private StreamListener listener(int uid) throws IOException {
    Optional<StreamListener> inherited = inherited();
    if (inherited.isPresent()) {
      return inherited.get();
    }
    Path path = socketPath(uid);
    makeDirectory(path);
    StreamListener listener = listener(path, uid);
    made = Optional.of(path);
    return listener;
  }

  private StreamListener listener(Path path, int uid) throws IOException {
    try {
      return context
          .sockets()
          .listen(
              new SocketFile(path, OWNER_ONLY, OptionalInt.of(uid), OptionalInt.empty(), BACKLOG));
    } catch (IOException e) {
      throw new IOException(
          "libvirt cannot be served: "
              + e.getMessage()
              + " (if virtlockd is in charge of this host's guests, hand over as \"man"
              + " leasehold-daemon\", MIGRATION, says, or set virtlockd_socket = \"\")",
          e);
    }
  }

  /** By its name among those that systemd handed over, or the only one if they have no names. */
  private Optional<StreamListener> inherited() throws IOException {
    Optional<StreamListener> named = HandedOver.named(context, SYSTEMD_NAME);
    return named.isPresent() ? named : HandedOver.unnamed(context);
  }

  /** A libvirt that is not root's has its sockets elsewhere (libvirt-lockd.md 1). */
  private Path socketPath(int uid) {
    String configured = config.virtlockdSocket().orElse(SYSTEM_SOCKET);
    String runtime = context.environment().variables().getOrDefault("XDG_RUNTIME_DIR", "");
    boolean session = uid != 0 && configured.equals(SYSTEM_SOCKET) && runtime.startsWith("/");
    return session ? Path.of(runtime, "libvirt", "virtlockd-sock") : Path.of(configured);
  }

  /** Others' sockets are in it too, so the umask of the daemon must not close it to them. */
  private static void makeDirectory(Path socket) throws IOException {
    Path directory = socket.getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** The lockspace that was joined by itself is left by itself, if no guest has leases in it. */
  @Override
  public void retire() {
    leases.retire();
  }

  @Override
  public void close() {
    server.ifPresent(VirtlockdServer::close);
    leases.close();
    if (made.isPresent()) {
      removeSocket(made.get());
    }
  }

  /** So that libvirt says that nothing is there, and not that it is broken. */
  private static void removeSocket(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next daemon replaces it.
    }
  }
}
