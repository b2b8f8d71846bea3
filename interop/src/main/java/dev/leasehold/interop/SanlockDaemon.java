// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import dev.leasehold.testkit.OurJvm;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A private sanlock daemon, the C program or ours: unprivileged, without watchdog, with its own run
 * directory (docs/spec/wire.md, docs/spec/algorithms.md 7). Not thread-safe.
 */
public final class SanlockDaemon implements AutoCloseable {

  private final Path runDir;
  private final Process process;
  private final List<CWorker> workers = new ArrayList<>();

  private SanlockDaemon(Path runDir, Process process) {
    this.runDir = runDir;
    this.process = process;
  }

  /**
   * Starts the C program and waits until its socket answers.
   *
   * @param dir a private directory; must be short enough for a socket path
   * @param hostName what it writes into its delta lease
   */
  public static SanlockDaemon startC(Path dir, String hostName)
      throws IOException, InterruptedException {
    return start(dir, options(Programs.resolve(List.of("sanlock")), hostName));
  }

  /** As {@link #startC}, but {@code leasehold sanlock daemon}, from this JVM's class path. */
  public static SanlockDaemon startOurs(Path dir, String hostName)
      throws IOException, InterruptedException {
    return start(dir, options(ourCommand(), hostName));
  }

  /**
   * As {@link #startOurs}, with the socket made by another program first and handed over as systemd
   * does (sd_listen_fds(3)).
   */
  public static SanlockDaemon startOursActivated(Path dir, String hostName)
      throws IOException, InterruptedException {
    String listen =
        "use Socket; $^F = 255; socket(S, PF_UNIX, SOCK_STREAM, 0) or die;"
            + " bind(S, sockaddr_un(shift)) or die; listen(S, 4) or die;"
            + " die 'descriptor ' . fileno(S) if fileno(S) != 3;"
            + " $ENV{LISTEN_FDNAMES} = 'leasehold-sanlock.socket';"
            + " $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec @ARGV;";
    List<String> command = new ArrayList<>(Programs.resolve(List.of("perl")));
    command.addAll(List.of("-e", listen, dir.resolve("sanlock.sock").toString()));
    command.addAll(options(ourCommand(), hostName));
    return start(dir, command);
  }

  private static List<String> ourCommand() {
    return OurJvm.command("dev.leasehold.cli.Main", List.of("sanlock"));
  }

  private static List<String> options(List<String> program, String hostName) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("daemon", "-D", "-w", "0", "-e", hostName));
    return command;
  }

  /**
   * Starts one by any command.
   *
   * @param command stays in the foreground
   */
  public static SanlockDaemon start(Path dir, List<String> command)
      throws IOException, InterruptedException {
    Path run = Files.createDirectories(dir);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment(run));
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(run.resolve("log").toFile()));
    Process process = builder.start();
    SanlockDaemon daemon = new SanlockDaemon(run, process);
    for (int i = 0; i < 6000; i++) {
      if (daemon.listens()) {
        return daemon;
      }
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    daemon.close();
    throw new IOException("the daemon did not start: " + Files.readString(run.resolve("log")));
  }

  /** The exit status of {@code sanlock client version} does not tell. */
  private boolean listens() {
    var address = UnixDomainSocketAddress.of(runDir.resolve("sanlock.sock"));
    try (SocketChannel channel = SocketChannel.open(address)) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Environment that leads a sanlock client to this daemon. */
  public Map<String, String> environment() {
    return environment(runDir);
  }

  private static Map<String, String> environment(Path run) {
    return Map.of("SANLOCK_PRIVILEGED", "0", "SANLOCK_RUN_DIR", run.toString());
  }

  /** Runs {@code sanlock client …} against it. */
  public Programs.Result client(String... args) {
    List<String> command = new ArrayList<>(List.of("sanlock", "client"));
    command.addAll(List.of(args));
    return Programs.run(environment(), command);
  }

  /** Runs {@code sanlock direct …}: no daemon is asked. */
  public static Programs.Result direct(String... args) {
    List<String> command = new ArrayList<>(List.of("sanlock", "direct"));
    command.addAll(List.of(args));
    return Programs.run(Map.of("SANLOCK_PRIVILEGED", "0"), command);
  }

  /** A python3-sanlock client process of this daemon, registered or not. */
  public CWorker worker() throws IOException {
    CWorker worker = CWorker.start(environment());
    workers.add(worker);
    return worker;
  }

  /** Its log so far. */
  public String log() throws IOException {
    return Files.readString(runDir.resolve("log"));
  }

  /** The daemon's process. */
  public Process process() {
    return process;
  }

  /**
   * Kills the daemon alone: what its clients do then is their own affair. The kernel keeps it until
   * its last transfer has ended.
   */
  public void kill() {
    process.destroyForcibly();
  }

  /** Waits until it has ended. */
  public void awaitEnd() {
    Programs.end(process, 20);
  }

  /** Kills daemon and workers as a power failure would: nothing is released. */
  public void crash() {
    process.destroyForcibly();
    workers.forEach(CWorker::kill);
    Programs.end(process, 20);
  }

  @Override
  public void close() {
    workers.forEach(CWorker::close);
    if (process.isAlive()) {
      client("shutdown", "-f", "1");
    }
    Programs.end(process, 20);
  }
}
