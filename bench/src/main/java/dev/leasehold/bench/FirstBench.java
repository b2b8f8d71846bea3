// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.resource.AcquireRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The first lease of a disk: its file is created and the lease is held. */
final class FirstBench {
  private static final int BLOCK = 10;

  private final Stage stage;
  private final Report report;
  private int count;

  FirstBench(Stage stage, Report report) {
    this.stage = stage;
    this.report = report;
  }

  void run(int rounds) throws Exception {
    report.section("First lease: create the file and hold the lease");
    Files.createDirectories(stage.workshop().path("first"));
    Samples warm = new Samples();
    ours(warm, rounds / 2);
    Samples ours = new Samples();
    Samples theirs = new Samples();
    for (int done = 0; done < rounds; done += BLOCK) {
      ours(ours, BLOCK);
      theirs(theirs, BLOCK);
    }
    report.row("create and acquire", ours, theirs);
    report.target("first lease", ours.median() / theirs.median(), 0.25);
  }

  private void ours(Samples samples, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Path file = stage.workshop().path("first/o" + ++count);
      AcquireRequest request = OurHost.all(List.of(OurHost.first(file)));
      long begin = System.nanoTime();
      stage.ours().acquire(request);
      samples.add(System.nanoTime() - begin);
      stage.ours().release(OurHost.ids(request));
      Files.delete(file);
    }
  }

  private void theirs(Samples samples, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Path file = stage.workshop().path("first/c" + ++count);
      samples.add(
          stage.theirs().call("first " + OurHost.SPACE + " " + file.getFileName() + " " + file)[0]);
      Files.delete(file);
    }
  }
}
