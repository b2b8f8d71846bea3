// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.StreamListener;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.sanlock.server.DaemonFacts;
import dev.leasehold.sanlock.server.DaemonSide;
import dev.leasehold.sanlock.server.SanlockServer;
import dev.leasehold.sanlock.server.ServerLimits;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The sanlock socket of a daemon (docs/spec/wire.md 1.1). Where systemd listens, its descriptor is
 * taken.
 */
public final class SanlockDoor implements Door {
  private static final String SOCKET = "sanlock.sock";
  private static final String SYSTEMD_NAME = "leasehold-sanlock.socket";
  private static final int MODE = 0660;

  /** The original has 5; a boot storm of clients then waits in connect(2). */
  private static final int BACKLOG = 128;

  private final DaemonContext context;
  private volatile Optional<SanlockServer> server = Optional.empty();

  /**
   * @param context of the daemon
   */
  public SanlockDoor(DaemonContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return "sanlock";
  }

  @Override
  public void start() throws IOException {
    SanlockServer made =
        new SanlockServer(listener(), context.manager(), new Side(), ServerLimits.DEFAULT);
    server = Optional.of(made);
    made.start();
  }

  private StreamListener listener() throws IOException {
    Optional<StreamListener> inherited = HandedOver.named(context, SYSTEMD_NAME);
    SocketFile file =
        new SocketFile(
            context.environment().runDirectory().resolve(SOCKET),
            MODE,
            OptionalInt.of(context.account().uid()),
            OptionalInt.of(context.account().gid()),
            BACKLOG);
    if (inherited.isPresent()) {
      give(file);
      return inherited.get();
    }
    return context.sockets().listen(file);
  }

  /** A unit cannot name a group that may not exist; systemd makes the socket root's alone. */
  private void give(SocketFile file) {
    try {
      UnixSockets.own(file);
    } catch (IOException e) {
      context
          .log()
          .warn(
              file.path()
                  + " cannot be given to user "
                  + context.account().uid()
                  + " and group "
                  + context.account().gid()
                  + ", so clients of that group (VDSM) cannot connect: "
                  + e.getMessage()
                  + "; set SocketUser= and SocketGroup= in a drop-in of "
                  + SYSTEMD_NAME);
    }
  }

  @Override
  public void close() {
    server.ifPresent(SanlockServer::close);
  }

  /** What the server asks of the daemon. */
  private final class Side implements DaemonSide {
    private final int pid = Math.toIntExact(ProcessHandle.current().pid());

    @Override
    public DaemonFacts facts() {
      DaemonOptions options = context.options();
      return new DaemonFacts(
          options.useWatchdog(),
          options.highPriority() ? 1 : 0,
          options.mlockLevel(),
          options.quietFail(),
          options.debugRenew(),
          options.debugClients(),
          options.debugCommands(),
          context.account().gid(),
          context.account().uid(),
          options.maxSectorsKb().ignore(),
          options.maxSectorsKb().align(),
          options.maxSectorsKb().number(),
          options.maxWorkerThreads(),
          options.useAio(),
          pid,
          more());
    }

    /** What readers of the original's words skip. */
    private Map<String, String> more() {
      Watchdog watchdog = context.watchdog();
      Map<String, String> words = new LinkedHashMap<>();
      words.put("watchdog_protects", watchdog.protects() ? "1" : "0");
      words.put("watchdog_armed", Integer.toString(watchdog.armed()));
      words.put("watchdog_fire_timeout", Integer.toString(context.options().watchdogFireTimeout()));
      return words;
    }

    @Override
    public byte[] log() {
      return context.log().dump();
    }

    @Override
    public void say(System.Logger.Level level, String line) {
      context.log().say(level, line);
    }

    @Override
    public long monotonicSeconds() {
      return context.ports().clock().monotonicSeconds();
    }

    @Override
    public void engineEnded() {
      context.end().run();
    }
  }
}
