// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.resource.AcquireRequest;
import java.nio.file.Path;
import java.util.List;

/** An acquire of what another live host holds. */
final class RefusalBench {
  private static final int BLOCK = 10;

  private final Stage stage;
  private final Report report;

  RefusalBench(Stage stage, Report report) {
    this.stage = stage;
    this.report = report;
  }

  void run(int rounds) throws Exception {
    report.section("Refusal of a lease that a C host holds");
    for (int hosts : List.of(CycleBench.FEW_HOSTS, CycleBench.ALL_HOSTS)) {
      List<Path> lease = List.of(stage.workshop().lease("held" + hosts, hosts));
      stage.holder().call("hold " + OurHost.SPACE + Stage.arguments(lease));
      Samples ours = new Samples();
      Samples theirs = new Samples();
      ours(new Samples(), lease, rounds);
      for (int done = 0; done < rounds; done += BLOCK) {
        ours(ours, lease, BLOCK);
        for (long nanos :
            stage.theirs().call("refuse " + OurHost.SPACE + " " + BLOCK + Stage.arguments(lease))) {
          theirs.add(nanos);
        }
      }
      report.row("refusal, num_hosts " + hosts, ours, theirs);
    }
  }

  private void ours(Samples samples, List<Path> lease, int times) {
    AcquireRequest request = Stage.request(lease);
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      stage.ours().refused(request);
      samples.add(System.nanoTime() - begin);
    }
  }
}
