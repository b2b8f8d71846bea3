// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.testkit.OurJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The lab of {@code testdata/lab}, in a directory of its own, gone with this object. */
final class LibvirtLab implements AutoCloseable {
  private static final List<String> PROGRAMS =
      List.of(
          "/usr/sbin/libvirtd",
          "/usr/bin/virsh",
          "/usr/bin/qemu-system-x86_64",
          "/usr/sbin/sanlock",
          "/usr/bin/unshare",
          "/usr/bin/nsenter");
  private static final Path SCRIPT =
      Path.of(System.getProperty("leasehold.root"), "testdata", "lab", "lab.sh");
  private static final long LIMIT_SECONDS = 180;

  /** What tests share that start many guests: two cores are enough for one of them at a time. */
  static final String MACHINE = "the machine of the libvirt lab";

  private final Path directory;
  private final Map<String, String> settings;
  private boolean ownDirectory;

  /** How a command ended. */
  record Result(int code, String output) {
    Result succeeded() {
      assertThat(code).as(output).isZero();
      return this;
    }

    Result failed() {
      assertThat(code).as(output).isNotZero();
      return this;
    }
  }

  /** Without the programs and rights that the lab needs the test is skipped. */
  static void require() {
    for (String program : PROGRAMS) {
      assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed");
    }
    assumeTrue("root".equals(System.getProperty("user.name")), "the lab needs root");
  }

  /**
   * A lab that is not up yet.
   *
   * @param directory with a short path: sockets lie in it
   */
  LibvirtLab(Path directory, Map<String, String> settings) throws IOException {
    this.directory = directory;
    this.settings = settings;
    Files.writeString(
        leasehold(directory),
        "#!/bin/sh\nexec "
            + ProcessHandle.current().info().command().orElseThrow()
            + " "
            + String.join(" ", OurJvm.FLAGS)
            + " -cp '"
            + System.getProperty("java.class.path")
            + "' dev.leasehold.cli.Main \"$@\"\n");
    Files.setPosixFilePermissions(
        leasehold(directory), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The command that runs ours. */
  static Path leasehold(Path directory) {
    return directory.resolve("leasehold");
  }

  /** A lab with hosts of these kinds, up; its directory is made, and gone with it. */
  static LibvirtLab up(HostKind a, HostKind b) throws IOException {
    Path directory = Files.createTempDirectory("lh");
    Map<String, String> settings = new HashMap<>();
    a.configure(settings, "a", leasehold(directory).toString());
    b.configure(settings, "b", leasehold(directory).toString());
    return up(directory, settings, a.mode() + "," + b.mode());
  }

  private static LibvirtLab up(Path directory, Map<String, String> settings, String modes)
      throws IOException {
    LibvirtLab lab = new LibvirtLab(directory, settings);
    lab.ownDirectory = true;
    try {
      lab.up(modes);
    } catch (AssertionError e) {
      lab.close();
      throw e;
    }
    return lab;
  }

  /** A lab with our daemon on both hosts, with options, up; its directory is gone with it. */
  static LibvirtLab configured(Path directory, UnaryOperator<String> options) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (String host : List.of("a", "b")) {
      settings.put(
          "LOCKD_CMD_" + host.toUpperCase(Locale.ROOT),
          leasehold(directory) + " daemon " + options.apply(host));
    }
    return up(directory, settings, "lockd");
  }

  /** Builds and starts both hosts. */
  void up(String modes) {
    run("up", modes).succeeded();
  }

  /** Runs the lab script. */
  Result run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** Runs the lab script with more settings. */
  Result run(Map<String, String> more, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add("bash");
    command.add(SCRIPT.toString());
    command.addAll(List.of(arguments));
    try {
      Path output = Files.createTempFile(directory, "out-", "");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(output.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().put("LAB", directory.resolve("lab").toString());
      builder.environment().put("IO_TIMEOUT", "1");
      builder.environment().put("LOCKD_CMD", leasehold(directory) + " daemon");
      builder.environment().putAll(settings);
      builder.environment().putAll(more);
      Process process = builder.start();
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String text = Files.readString(output, StandardCharsets.ISO_8859_1);
      Files.delete(output);
      return ended
          ? new Result(process.exitValue(), text)
          : new Result(-1, "no end within " + LIMIT_SECONDS + " s: " + text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs virsh on a host. */
  Result virsh(String host, String... arguments) {
    return run(
        Stream.concat(Stream.of("virsh", host), Stream.of(arguments)).toArray(String[]::new));
  }

  /** A virsh that stays. */
  Virsh session(String host) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", SCRIPT.toString(), "virsh", host).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("LAB", directory.resolve("lab").toString());
    builder.environment().put("VIRSH_TIMEOUT", "600");
    return new Virsh(builder.start());
  }

  /** Runs a command on a host. */
  Result on(String host, String... arguments) {
    return run(Stream.concat(Stream.of("on", host), Stream.of(arguments)).toArray(String[]::new));
  }

  /** Runs our command on a host. */
  Result leasehold(String host, String... arguments) {
    return on(
        host,
        Stream.concat(Stream.of(leasehold(directory).toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  /** Makes an image and returns its path on the hosts. */
  String disk(String name) {
    return run("disk", name).succeeded().output().strip();
  }

  /** Defines a guest; a disk is {@code path}, {@code path:ro} or {@code path:shared}. */
  void define(String host, String guest, String... disks) {
    define(Map.of(), host, guest, disks);
  }

  void define(Map<String, String> more, String host, String guest, String... disks) {
    run(
            more,
            Stream.concat(Stream.of("define", host, guest), Stream.of(disks))
                .toArray(String[]::new))
        .succeeded();
  }

  Result start(String host, String guest) {
    return virsh(host, "start", guest);
  }

  void destroy(String host, String guest) {
    virsh(host, "destroy", guest).succeeded();
  }

  String state(String host, String guest) {
    return virsh(host, "domstate", guest).output().strip();
  }

  /** What the daemon of a host has said. */
  String log(String host) {
    return log(host, "virtlockd");
  }

  /** What a daemon of a host has said. */
  String log(String host, String service) {
    try {
      return Files.readString(
          directory.resolve("lab").resolve(host).resolve(service + ".out"),
          StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  /** Where an image of the hosts is. */
  Path image(String path) {
    return directory.resolve("lab/shared/images").resolve(Path.of(path).getFileName());
  }

  Path leases() {
    return directory.resolve("lab/shared/leases");
  }

  static void eventually(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      pause(100);
    }
  }

  /** Between two looks. */
  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    // Kills the first process of each host, and so the kernel all others of it.
    run("down").succeeded();
    assertThat(directory.resolve("lab")).doesNotExist();
    if (ownDirectory) {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> rest = Files.walk(directory)) {
      for (Path path : rest.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
