// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.interop.FaultFs;
import dev.leasehold.interop.Programs;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Entry point: measures our engine beside the C daemon on one disk, interleaved. */
public final class Bench {
  private static final List<String> SECTIONS =
      List.of("cycle", "first", "refusal", "join", "delay", "usage", "door", "storm", "doorusage");

  private final Path root;
  private final Path dir;
  private final Path cbench;
  private final boolean quick;
  private final Report report = new Report(System.out);

  private Bench(Path root, Path dir, Path cbench, boolean quick) {
    this.root = root;
    this.dir = dir;
    this.cbench = cbench;
    this.quick = quick;
  }

  /**
   * Arguments: the source tree, the directory to measure in, then --quick and names of sections
   * (all if none).
   */
  public static void main(String[] args) throws Exception {
    List<String> options = Arrays.asList(args).subList(2, args.length);
    Set<String> sections = new HashSet<>(options);
    boolean quick = sections.remove("--quick");
    if (!SECTIONS.containsAll(sections)) {
      System.err.println("bench: sections are " + SECTIONS + ", not " + sections);
      System.exit(64);
    }
    Programs.missingSanlock().ifPresent(Bench::giveUp);
    Path root = Path.of(args[0]);
    Path dir = Files.createTempDirectory(Files.createDirectories(Path.of(args[1])), "bench");
    try {
      Path cbench = CClient.compile(root.resolve("bench/src/main/c/cbench.c"), dir);
      new Bench(root, dir, cbench, quick).run(sections.isEmpty() ? Set.copyOf(SECTIONS) : sections);
    } finally {
      Workshop.delete(dir);
    }
    System.exit(0); // what a failed section left behind does not keep us
  }

  private static void giveUp(String missing) {
    System.err.println("bench: " + missing);
    System.exit(69);
  }

  private void run(Set<String> sections) throws Exception {
    report.line("JVM flags: %s", ManagementFactory.getRuntimeMXBean().getInputArguments());
    report.line("measured in %s (%s)", dir, Files.getFileStore(dir).type());
    if (sections.contains("cycle") || sections.contains("first") || sections.contains("refusal")) {
      onOneStage(sections);
    }
    if (sections.contains("join")) {
      try (Workshop workshop = new Workshop(dir.resolve("join"), cbench)) {
        new JoinBench(workshop, report).run(quick ? 1 : 3);
      }
    }
    if (sections.contains("delay")) {
      delayed();
    }
    if (sections.contains("usage")) {
      try (Workshop workshop = new Workshop(dir.resolve("usage"), cbench)) {
        new UsageBench(workshop, report).run(quick ? 20 : 500, quick ? 5 : 20);
      }
    }
    DoorBench.Sizes sizes = quick ? DoorBench.Sizes.QUICK : DoorBench.Sizes.FULL;
    Path leasehold = root.resolve("leasehold");
    if (sections.contains("door")) {
      try (Workshop workshop = new Workshop(dir.resolve("door"), cbench)) {
        DoorBench bench = new DoorBench(workshop, leasehold, report, sizes);
        bench.latencies();
        bench.storm("plain storage", false);
      }
    }
    if (sections.contains("storm")) {
      storm(leasehold, sizes);
    }
    if (sections.contains("doorusage")) {
      try (Workshop workshop = new Workshop(dir.resolve("doorusage"), cbench)) {
        new DoorUsageBench(workshop, leasehold, report, sizes).run();
      }
    }
    report.targets();
  }

  private void storm(Path leasehold, DoorBench.Sizes sizes) throws Exception {
    if (Programs.missingFuse().isPresent()) {
      report.line("storm: left out, %s", Programs.missingFuse().get());
      return;
    }
    Path mounted = Files.createDirectories(dir.resolve("slowdoor"));
    try (FaultFs slow = FaultFs.mount(root.resolve("testdata/faultfs/faultfs.c"), mounted);
        Workshop workshop = new Workshop(slow.mount().resolve("door"), cbench)) {
      DoorBench bench = new DoorBench(workshop, leasehold, report, sizes);
      bench.prepareStorm();
      slow.command("read delay 2");
      slow.command("write delay 2");
      bench.storm("2 ms more for every transfer", true);
      slow.heal();
    }
  }

  private void onOneStage(Set<String> sections) throws Exception {
    try (Workshop workshop = new Workshop(dir.resolve("stage"), cbench);
        Stage stage = new Stage(workshop)) {
      if (sections.contains("cycle")) {
        cycles(stage);
      }
      if (sections.contains("first")) {
        new FirstBench(stage, report).run(quick ? 20 : 200);
      }
      if (sections.contains("refusal")) {
        new RefusalBench(stage, report).run(quick ? 20 : 400);
      }
    }
  }

  private void cycles(Stage stage) throws Exception {
    report.section("Acquire and release");
    CycleBench few = new CycleBench(stage, report, quick ? 20 : 400, quick ? 50 : 2000);
    CycleBench many = new CycleBench(stage, report, quick ? 20 : 200, quick ? 20 : 300);
    for (int hosts : List.of(CycleBench.FEW_HOSTS, CycleBench.ALL_HOSTS)) {
      few.run(1, hosts);
      many.run(4, hosts);
      many.run(8, hosts);
    }
    int all = CycleBench.ALL_HOSTS;
    int small = CycleBench.FEW_HOSTS;
    report.target("acquire 1, num_hosts 2000", few.ratio(1, all, all), 1.0);
    report.target("acquire 1, ours small, C as it makes them", few.ratio(1, small, all), 0.25);
    report.target("acquire 1, both small", few.ratio(1, small, small), 0.25);
    report.target("acquire 8, num_hosts 2000", many.ratio(8, all, all), 0.6);
    report.target("acquire 8, ours small, C as it makes them", many.ratio(8, small, all), 0.1);
    report.target("acquire 8, both small", many.ratio(8, small, small), 0.1);
  }

  private void delayed() throws Exception {
    if (Programs.missingFuse().isPresent()) {
      report.line("delay: left out, %s", Programs.missingFuse().get());
      return;
    }
    Path mounted = Files.createDirectories(dir.resolve("slow"));
    try (FaultFs slow = FaultFs.mount(root.resolve("testdata/faultfs/faultfs.c"), mounted);
        Workshop workshop = new Workshop(slow.mount().resolve("stage"), cbench);
        Stage stage = new Stage(workshop)) {
      CycleBench cycles = new CycleBench(stage, report, quick ? 10 : 50, quick ? 10 : 200);
      CycleBench warm = new CycleBench(stage, new Report(nowhere()), 10, quick ? 10 : 500);
      warm.run(2, CycleBench.FEW_HOSTS);
      slow.command("read delay 2");
      slow.command("write delay 2");
      report.section("Acquire and release with 2 ms added to every transfer (through FUSE)");
      for (int hosts : List.of(CycleBench.FEW_HOSTS, CycleBench.ALL_HOSTS)) {
        cycles.run(1, hosts);
        cycles.run(8, hosts);
      }
      slow.heal();
    }
  }

  private static java.io.PrintStream nowhere() {
    return new java.io.PrintStream(java.io.OutputStream.nullOutputStream());
  }
}
