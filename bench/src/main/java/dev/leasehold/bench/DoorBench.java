// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.SanlockDaemon;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Our daemon beside the C daemon: the same C client at both sockets. */
final class DoorBench {
  private static final int IO_TIMEOUT = 10;
  private static final int BLOCK = 10;
  private static final int BOOT_STORM = 32;

  /**
   * How much is measured.
   *
   * @param rounds of acquire and release for a latency
   * @param clients numbers of clients at once
   * @param cycles of each client of them
   * @param lockspaces joined at once
   * @param leases held at once
   * @param seconds over which processor time is measured
   */
  record Sizes(
      int rounds, List<Integer> clients, int cycles, int lockspaces, int leases, int seconds) {
    static final Sizes FULL = new Sizes(400, List.of(1, 8, BOOT_STORM, 128), 20, 100, 500, 20);
    static final Sizes QUICK = new Sizes(20, List.of(1, 8, BOOT_STORM), 3, 5, 10, 4);
  }

  /** One daemon with a client. */
  private record Side(SanlockDaemon daemon, CClient client) {}

  private final Workshop workshop;
  private final Report report;
  private final Sizes sizes;
  private final Side ours;
  private final Side theirs;
  private final Map<String, List<Path>> files = new HashMap<>();

  DoorBench(Workshop workshop, Path leasehold, Report report, Sizes sizes) throws Exception {
    this.workshop = workshop;
    this.report = report;
    this.sizes = sizes;
    Path space = workshop.lockspace("space", IO_TIMEOUT);
    this.ours = side(workshop.daemon(command(leasehold, "our-door")));
    this.theirs = side(workshop.daemon("c-door"));
    ours.client.send("join %s 1 %s %d".formatted(OurHost.SPACE, space, IO_TIMEOUT));
    theirs.client.send("join %s 2 %s %d".formatted(OurHost.SPACE, space, IO_TIMEOUT));
    for (Side side : List.of(ours, theirs)) {
      side.client.receive();
      side.client.call("register");
    }
  }

  /** How a user starts our daemon from a checkout. */
  static List<String> command(Path leasehold, String hostName) {
    return List.of(leasehold.toString(), "sanlock", "daemon", "-D", "-w", "0", "-e", hostName);
  }

  private Side side(SanlockDaemon daemon) throws Exception {
    return new Side(daemon, workshop.client(daemon));
  }

  void latencies() throws Exception {
    report.section("At the socket: acquire and release");
    for (int hosts : List.of(CycleBench.FEW_HOSTS, CycleBench.ALL_HOSTS)) {
      for (int count : List.of(1, 8)) {
        latency(count, hosts);
      }
    }
  }

  private void latency(int count, int hosts) throws Exception {
    List<Path> our = workshop.leases("doo" + count + "x" + hosts + "-", count, hosts);
    List<Path> their = workshop.leases("doc" + count + "x" + hosts + "-", count, hosts);
    Samples[] ourTimes = {new Samples(), new Samples()};
    Samples[] theirTimes = {new Samples(), new Samples()};
    cycle(ours, our, sizes.rounds / 2, new Samples[] {new Samples(), new Samples()});
    for (int done = 0; done < sizes.rounds; done += BLOCK) {
      cycle(ours, our, BLOCK, ourTimes);
      cycle(theirs, their, BLOCK, theirTimes);
    }
    String what = " %d at the socket, num_hosts %d".formatted(count, hosts);
    report.row("acquire" + what, ourTimes[0], theirTimes[0]);
    report.row("release" + what, ourTimes[1], theirTimes[1]);
    double limit = hosts == CycleBench.ALL_HOSTS ? 1.0 : 0.3;
    report.target("acquire" + what, ourTimes[0].median() / theirTimes[0].median(), limit);
    report.target("release" + what, ourTimes[1].median() / theirTimes[1].median(), limit);
  }

  private static void cycle(Side side, List<Path> files, int rounds, Samples[] times)
      throws Exception {
    long[] nanos =
        side.client.call("cycle " + OurHost.SPACE + " " + rounds + Stage.arguments(files));
    for (int i = 0; i < nanos.length; i++) {
      times[i % 2].add(nanos[i]);
    }
  }

  /** Makes the leases that {@link #storm} needs; they are made once. */
  void prepareStorm() throws Exception {
    int most = sizes.clients.stream().mapToInt(Integer::intValue).max().orElse(0);
    for (int hosts : List.of(CycleBench.FEW_HOSTS, CycleBench.ALL_HOSTS)) {
      for (String side : List.of("o", "c")) {
        if (!files.containsKey(side + hosts)) {
          files.put(side + hosts, workshop.leases("storm" + hosts + side, most, hosts));
        }
      }
    }
  }

  /** Many clients at once, each with a lease of its own: how many acquisitions a second. */
  void storm(String storage, boolean targeted) throws Exception {
    prepareStorm();
    double[] small = storm(storage, CycleBench.FEW_HOSTS);
    double[] large = storm(storage, CycleBench.ALL_HOSTS);
    if (targeted && sizes.clients.contains(BOOT_STORM)) {
      String what = "boot storm of 32 clients, C / ours, ";
      report.target(what + "num_hosts 2000", large[1] / large[0], 1.0 / 3);
      report.target(what + "both small", small[1] / small[0], 1.0 / 3);
      report.target(what + "ours small, C as it makes them", large[1] / small[0], 1.0 / 3);
    }
  }

  /** Ours and theirs, a second, with so many clients as a boot storm has. */
  private double[] storm(String storage, int hosts) throws Exception {
    double[] found = {0, 0};
    report.line("");
    report.line("Clients at once, %s, num_hosts %d: acquire and release, a second", storage, hosts);
    for (int count : sizes.clients) {
      double our = throughput(ours.daemon, files.getOrDefault("o" + hosts, List.of()), count);
      double their = throughput(theirs.daemon, files.getOrDefault("c" + hosts, List.of()), count);
      report.line("%4d clients: ours %9.1f  C %9.1f  ours/C %6.2f", count, our, their, our / their);
      if (count == BOOT_STORM) {
        found = new double[] {our, their};
      }
    }
    return found;
  }

  private double throughput(SanlockDaemon daemon, List<Path> leases, int count) throws Exception {
    List<CClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CClient client = workshop.client(daemon);
      client.call("register");
      clients.add(client);
    }
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      String lease = Stage.arguments(List.of(leases.get(i)));
      clients.get(i).send("cycle " + OurHost.SPACE + " " + sizes.cycles + lease);
    }
    for (CClient client : clients) {
      client.receive();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    clients.forEach(CClient::close);
    return count * sizes.cycles / seconds;
  }
}
