// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.SanlockDaemon;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What our daemon and the C daemon need while they wait, and how soon they answer. */
final class DoorUsageBench {
  private static final int IO_TIMEOUT = 1;

  /** Seconds from one renewal to the next (docs/spec/algorithms.md 1.1). */
  private static final int RENEWAL = 2 * IO_TIMEOUT;

  private final Workshop workshop;
  private final Path leasehold;
  private final Report report;
  private final DoorBench.Sizes sizes;

  DoorUsageBench(Workshop workshop, Path leasehold, Report report, DoorBench.Sizes sizes) {
    this.workshop = workshop;
    this.leasehold = leasehold;
    this.report = report;
    this.sizes = sizes;
  }

  /**
   * What was found out about one daemon; times in seconds, memory in MiB resident.
   *
   * @param cpuOne of processor time per renewal with one lockspace
   * @param cpuMany likewise with many
   */
  private record Found(
      double start,
      double idle,
      double joinOne,
      double cpuOne,
      double joinMany,
      double cpuMany,
      double spaces,
      double leases) {}

  void run() throws Exception {
    Found ours = look("o", true);
    Found theirs = look("c", false);
    report.line("");
    report.line("%-44s %12s %12s %8s", "Daemon", "ours", "C", "ours/C");
    row("start until the socket answers, s", ours.start, theirs.start);
    row("resident idle, MiB", ours.idle, theirs.idle);
    row("join 1 lockspace, s", ours.joinOne, theirs.joinOne);
    row("join " + sizes.lockspaces() + " at once, s", ours.joinMany, theirs.joinMany);
    row("cpu per renewal, 1 lockspace, us", ours.cpuOne * 1e6, theirs.cpuOne * 1e6);
    row("cpu per renewal, many lockspaces, us", ours.cpuMany * 1e6, theirs.cpuMany * 1e6);
    row("resident, many lockspaces, MiB", ours.spaces, theirs.spaces);
    row("resident, and " + sizes.leases() + " leases, MiB", ours.leases, theirs.leases);
    report.target("our daemon answers, s after its start", ours.start, 0.3);
    report.target("our daemon idle, MiB / 52", ours.idle / 52, 1.0);
    report.target("many joins at once / one join, ours", ours.joinMany / ours.joinOne, 1.2);
    report.target("cpu per renewal, 1 lockspace", ours.cpuOne / theirs.cpuOne, 0.7);
    report.target("cpu per renewal, many lockspaces", ours.cpuMany / theirs.cpuMany, 0.7);
    report.target("memory with many lockspaces", ours.spaces / theirs.spaces, 0.7);
  }

  private void row(String what, double ours, double theirs) {
    report.line("%-44s %12.3f %12.3f %8.2f", what, ours, theirs, ours / theirs);
  }

  private SanlockDaemon start(String name, boolean our) throws Exception {
    return our
        ? workshop.daemon(DoorBench.command(leasehold, name + "-usage"))
        : workshop.daemon(name + "-usage");
  }

  private Found look(String name, boolean our) throws Exception {
    if (our) {
      start(name + "-first", true).close(); // builds what is missing
    }
    long begin = System.nanoTime();
    SanlockDaemon daemon = start(name, our);
    double started = (System.nanoTime() - begin) / 1e9;
    CClient client = workshop.client(daemon);
    double idle = resident(daemon);

    Path one = workshop.namedLockspace(name + "one", IO_TIMEOUT);
    String space = name + "one";
    double joinOne = client.call("join %s 1 %s %d".formatted(space, one, IO_TIMEOUT))[0] / 1e9;
    double cpuOne = cpuPerRenewal(client, daemon, 1);

    Path dir = one.resolveSibling(name + "many");
    for (int i = 0; i < sizes.lockspaces(); i++) {
      workshop.namedLockspace(name + "many/many" + i, IO_TIMEOUT);
    }
    double joinMany =
        client.call("joins %d many 1 %s %d".formatted(sizes.lockspaces(), dir, IO_TIMEOUT))[0]
            / 1e9;
    double cpuMany = cpuPerRenewal(client, daemon, sizes.lockspaces() + 1);
    double spaces = resident(daemon);

    Path holding = workshop.lockspace(name + "holding", IO_TIMEOUT);
    client.call("join %s 1 %s %d".formatted(OurHost.SPACE, holding, IO_TIMEOUT));
    client.call("register");
    List<Path> leases = new ArrayList<>();
    for (int i = 0; i < sizes.leases(); i++) {
      leases.add(workshop.lease(name + "u" + i, CycleBench.ALL_HOSTS));
    }
    client.call("hold " + OurHost.SPACE + Stage.arguments(leases));
    double held = resident(daemon);
    client.close();
    daemon.crash();
    return new Found(started, idle, joinOne, cpuOne, joinMany, cpuMany, spaces, held);
  }

  private double cpuPerRenewal(CClient client, SanlockDaemon daemon, int lockspaces)
      throws Exception {
    long pid = daemon.process().pid();
    long before = client.call("cpu " + pid)[0];
    Thread.sleep(sizes.seconds() * 1000L); // the time that is measured
    long used = client.call("cpu " + pid)[0] - before;
    return used / 1e9 / ((double) lockspaces * sizes.seconds() / RENEWAL);
  }

  private static double resident(SanlockDaemon daemon) throws Exception {
    return Usage.of(daemon.process().pid()).residentKiB() / 1024.0;
  }
}
