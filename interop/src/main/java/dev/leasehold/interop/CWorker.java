// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A process that uses the real libsanlock through python3-sanlock and does as it is told, one
 * expression at a time. Not thread-safe.
 */
public final class CWorker implements AutoCloseable {

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;
  private final Path script;

  private CWorker(Process process, Path script) {
    this.process = process;
    this.script = script;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts one for the daemon that the environment leads to. */
  public static CWorker start(Map<String, String> environment) throws IOException {
    Path script = Files.createTempFile("worker", ".py");
    try (InputStream text =
        Objects.requireNonNull(CWorker.class.getResourceAsStream("worker.py"))) {
      Files.write(script, text.readAllBytes());
    }
    ProcessBuilder builder = new ProcessBuilder(Programs.PYTHON, script.toString());
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new CWorker(builder.start(), script);
  }

  /** Its pid: that of the holder, once registered. */
  public long pid() {
    return process.pid();
  }

  /** Registers the process as a holder. */
  public void register() throws IOException, SanlockError {
    call("register()");
  }

  /** Joins a lockspace; returns when joined. */
  public void join(String space, int hostId, Path path, int ioTimeout)
      throws IOException, SanlockError {
    call(
        "sanlock.add_lockspace(%s, %d, %s, iotimeout=%d)"
            .formatted(bytes(space), hostId, text(path), ioTimeout));
  }

  /** Acquires for the registered process. */
  public void acquire(String space, String resource, Path path, boolean shared)
      throws IOException, SanlockError {
    call(
        "sanlock.acquire(%s, %s, [(%s, 0)], slkfd=fd, shared=%s)"
            .formatted(bytes(space), bytes(resource), text(path), shared ? "True" : "False"));
  }

  /** Releases what the registered process holds. */
  public void release(String space, String resource, Path path) throws IOException, SanlockError {
    call(
        "sanlock.release(%s, %s, [(%s, 0)], slkfd=fd)"
            .formatted(bytes(space), bytes(resource), text(path)));
  }

  /**
   * Evaluates a Python expression in the worker (modules os, sanlock, time; fd is the
   * registration).
   *
   * @return repr of the value
   */
  public String call(String expression) throws IOException, SanlockError {
    send(expression);
    return receive();
  }

  /** First half of {@link #call}, for calls that block. */
  public void send(String expression) throws IOException {
    in.write(expression);
    in.newLine();
    in.flush();
  }

  /** Second half of {@link #call}. */
  public String receive() throws IOException, SanlockError {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the worker has ended");
    }
    String[] words = line.split(" ", 3);
    if (words[0].equals("ok")) {
      return line.substring(3);
    }
    throw new SanlockError(Integer.parseInt(words[1]), line);
  }

  /** Whether {@link #receive} need not wait. */
  public boolean answered() throws IOException {
    return out.ready();
  }

  /** Whether it still runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Ends it like kill -9. */
  public void kill() {
    process.destroyForcibly();
    Programs.end(process, 20);
  }

  @Override
  public void close() {
    kill();
    script.toFile().delete();
  }

  /** A Python bytes literal. */
  public static String bytes(String ascii) {
    return "b'" + ascii + "'";
  }

  /** A Python string literal. */
  public static String text(Path path) {
    return "'" + path + "'";
  }

  /** Formats the list of (name, path) pairs that {@code contend} of the worker takes. */
  public static String disks(List<String> names, Path dir) {
    StringBuilder list = new StringBuilder("[");
    for (String name : names) {
      list.append("(%s, %s),".formatted(bytes(name), text(dir.resolve(name))));
    }
    return list.append("]").toString();
  }

  /** The daemon said no. */
  public static final class SanlockError extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    SanlockError(int code, String message) {
      super(message);
      this.code = code;
    }

    /** Error number of the daemon, negative or a positive errno, as libsanlock gives it. */
    public int code() {
      return code;
    }
  }
}
