// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.SanlockDaemon;
import dev.leasehold.testkit.OurJvm;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Memory and processor time of a host that only waits: by itself, joined, and with many leases. */
final class UsageBench {
  private static final int IO_TIMEOUT = 1;

  /** As {@code ./leasehold} starts the JVM. */
  private final Workshop workshop;

  private final Report report;

  UsageBench(Workshop workshop, Report report) {
    this.workshop = workshop;
    this.report = report;
  }

  void run(int leases, int seconds) throws Exception {
    SanlockDaemon daemon = workshop.daemon("c-usage");
    CClient client = workshop.client(daemon);
    try (Child ours = new Child()) {
      report.line("");
      report.line(
          "Memory and processor time, io timeout %d s; our JVM: %s", IO_TIMEOUT, OurJvm.FLAGS);
      report.line(
          "%-24s %10s %10s %8s %8s %12s", "", "RSS MiB", "private", "threads", "", "cpu us/s");
      look("started", ours, daemon, client, seconds);
      Path space = workshop.lockspace("usage", IO_TIMEOUT);
      client.call("join %s 1 %s %d".formatted(OurHost.SPACE, space, IO_TIMEOUT));
      ours.call("join 2 " + space + " " + IO_TIMEOUT);
      look("1 lockspace", ours, daemon, client, seconds);
      List<Path> theirFiles = new ArrayList<>();
      client.call("register");
      for (int i = 0; i < leases; i++) {
        theirFiles.add(workshop.lease("cu" + i, CycleBench.FEW_HOSTS));
        ours.call("hold " + workshop.lease("ou" + i, CycleBench.FEW_HOSTS));
      }
      client.call("hold " + OurHost.SPACE + Stage.arguments(theirFiles));
      look(leases + " leases held", ours, daemon, client, seconds);
    }
  }

  private void look(String what, Child ours, SanlockDaemon daemon, CClient client, int seconds)
      throws Exception {
    long ourPid = ours.process.pid();
    long theirPid = daemon.process().pid();
    long ourCpu = client.call("cpu " + ourPid)[0];
    long theirCpu = client.call("cpu " + theirPid)[0];
    Thread.sleep(seconds * 1000L); // the time that is measured
    print(what + ", ours", Usage.of(ourPid), client.call("cpu " + ourPid)[0] - ourCpu, seconds);
    print(what + ", C", Usage.of(theirPid), client.call("cpu " + theirPid)[0] - theirCpu, seconds);
  }

  private void print(String what, Usage usage, long cpuNanos, int seconds) {
    report.line(
        "%-24s %10.1f %10.1f %8d %8s %12.0f",
        what,
        usage.residentKiB() / 1024.0,
        usage.privateKiB() / 1024.0,
        usage.threads(),
        "",
        cpuNanos / 1e3 / seconds);
  }

  /** A JVM with {@link HostMain}. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    Child() throws IOException {
      List<String> command = OurJvm.command(HostMain.class.getName(), List.of());
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      in = process.outputWriter(StandardCharsets.UTF_8);
      out = process.inputReader(StandardCharsets.UTF_8);
      expect("ready");
    }

    void call(String command) throws IOException {
      in.write(command);
      in.newLine();
      in.flush();
      expect("done");
    }

    private void expect(String answer) throws IOException {
      String line = out.readLine();
      if (!answer.equals(line)) {
        throw new IOException("our host said " + line);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
