// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.ondisk.LeaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Acquire and release of several leases in one command each. */
final class CycleBench {
  /** What libvirt's plugin and sanlock make, and what we make. */
  static final int ALL_HOSTS = 2000;

  static final int FEW_HOSTS = 14;

  /** Rounds of one side before it is the other's turn. */
  private static final int BLOCK = 10;

  private final Stage stage;
  private final Report report;
  private final int rounds;
  private final int warmUp;
  private final Map<String, Samples> acquires = new HashMap<>();

  CycleBench(Stage stage, Report report, int rounds, int warmUp) {
    this.stage = stage;
    this.report = report;
    this.rounds = rounds;
    this.warmUp = warmUp;
  }

  /** Measures, prints, and remembers the medians for the targets. */
  void run(int count, int numHosts) throws Exception {
    String label = count + "x" + numHosts;
    List<Path> ourFiles = stage.workshop().leases("o" + label + "-", count, numHosts);
    List<Path> theirFiles = stage.workshop().leases("c" + label + "-", count, numHosts);
    Bare ourBare = new Bare(label, ourFiles.getFirst());
    Bare theirBare = new Bare(label, theirFiles.getFirst());
    if (count == 1) {
      ourBare.record(numHosts);
      theirBare.asSpecified(numHosts);
    }
    Pair ours = new Pair();
    Pair theirs = new Pair();
    cycleOurs(new Pair(), ourFiles, warmUp);
    cycleTheirs(new Pair(), theirFiles, BLOCK);
    for (int done = 0; done < rounds; done += BLOCK) {
      cycleOurs(ours, ourFiles, BLOCK);
      cycleTheirs(theirs, theirFiles, BLOCK);
      ourBare.run(BLOCK);
      theirBare.run(BLOCK);
    }
    String leases = count == 1 ? "1 lease" : count + " leases";
    String what = " %s, num_hosts %d".formatted(leases, numHosts);
    report.row("acquire" + what, ours.acquire, theirs.acquire);
    if (count == 1) {
      report.bare("acquire", ours.acquire, ourBare.acquire, theirs.acquire, theirBare.acquire);
    }
    report.row("release" + what, ours.release, theirs.release);
    if (count == 1) {
      report.bare("release", ours.release, ourBare.release, theirs.release, theirBare.release);
    }
    acquires.put("ours " + label, ours.acquire);
    acquires.put("C " + label, theirs.acquire);
  }

  /** Ratio of the medians of an acquire. */
  double ratio(int count, int ourHosts, int theirHosts) {
    return median("ours " + count + "x" + ourHosts) / median("C " + count + "x" + theirHosts);
  }

  private double median(String key) {
    Samples samples = acquires.get(key);
    return samples == null ? Double.NaN : samples.median();
  }

  private static final class Pair {
    final Samples acquire = new Samples();
    final Samples release = new Samples();
  }

  private void cycleOurs(Pair pair, List<Path> files, int times) throws LeaseException {
    AcquireRequest request = Stage.request(files);
    List<ResourceId> ids = OurHost.ids(request);
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      stage.ours().acquire(request);
      long held = System.nanoTime();
      stage.ours().release(ids);
      pair.acquire.add(held - begin);
      pair.release.add(System.nanoTime() - held);
    }
  }

  private void cycleTheirs(Pair pair, List<Path> files, int times) throws IOException {
    long[] nanos =
        stage.theirs().call("cycle " + OurHost.SPACE + " " + times + Stage.arguments(files));
    for (int i = 0; i < nanos.length; i += 2) {
      pair.acquire.add(nanos[i]);
      pair.release.add(nanos[i + 1]);
    }
  }

  /** The same transfers by a C program without any algorithm. */
  private final class Bare {
    final Samples acquire = new Samples();
    final Samples release = new Samples();
    private final Path file;
    private String acquireSteps = "";
    private String releaseSteps = "";

    Bare(String label, Path like) throws IOException {
      this.file = stage.workshop().empty("bare-" + label + "-" + like.getFileName());
    }

    /** What our engine does at the second acquisition and release of a lease. */
    void record(int numHosts) throws Exception {
      Path lease = stage.workshop().lease("recorded" + numHosts, numHosts);
      RecordingStorage storage = new RecordingStorage(new LinuxStorage());
      try (OurHost host = OurHost.start("our-recorder", storage)) {
        Path space = stage.workshop().lockspace("recorded-space" + numHosts, 1);
        host.join(1, space, 1);
        AcquireRequest request = Stage.request(List.of(lease));
        String part = lease.getFileName().toString();
        host.acquire(request);
        host.release(OurHost.ids(request));
        storage.take(part);
        host.acquire(request);
        acquireSteps = String.join(" ", storage.take(part));
        host.release(OurHost.ids(request));
        releaseSteps = String.join(" ", storage.take(part));
      }
      report.line("  our acquire: %s", acquireSteps);
      report.line("  our release: %s", releaseSteps);
    }

    /** What the C daemon does, by docs/spec/algorithms.md 3.4. */
    void asSpecified(int numHosts) {
      int ballot = (Integer.highestOneBit(numHosts + 1) << 1) * 512;
      acquireSteps =
          "o r0:1048576 w2048:512 r0:%d w2048:512 r0:%d w0:512 c".formatted(ballot, ballot);
      releaseSteps = "o w2048:512 r0:512 w0:512 c";
    }

    void run(int times) throws IOException {
      run(acquireSteps, acquire, times);
      run(releaseSteps, release, times);
    }

    private void run(String steps, Samples samples, int times) throws IOException {
      if (!steps.isEmpty()) {
        for (long nanos : stage.holder().call("bare " + times + " " + file + " " + closed(steps))) {
          samples.add(nanos);
        }
      }
    }

    /** A descriptor that is kept from acquire to release is opened and closed for each here. */
    private String closed(String steps) {
      String opened = steps.startsWith("o") ? steps : "o " + steps;
      return opened.endsWith("c") ? opened : opened + " c";
    }
  }
}
