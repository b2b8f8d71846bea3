// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.linux.io.LinuxStorage;
import java.nio.file.Path;

/** Joining and leaving a lockspace; mostly the wait of two io timeouts that the rules ask for. */
final class JoinBench {
  private static final int IO_TIMEOUT = 1;

  private final Workshop workshop;
  private final Report report;

  JoinBench(Workshop workshop, Report report) {
    this.workshop = workshop;
    this.report = report;
  }

  void run(int rounds) throws Exception {
    report.section("Join and leave, io timeout 1 s");
    Path space = workshop.lockspace("joined", IO_TIMEOUT);
    CClient client = workshop.client(workshop.daemon("c-joiner"));
    String place = OurHost.SPACE + " 1 " + space;
    Samples ourJoin = new Samples();
    Samples ourLeave = new Samples();
    Samples theirJoin = new Samples();
    Samples theirLeave = new Samples();
    for (int i = 0; i < rounds; i++) {
      try (OurHost host = OurHost.start("our-joiner", new LinuxStorage())) {
        long begin = System.nanoTime();
        host.join(2, space, IO_TIMEOUT);
        ourJoin.add(System.nanoTime() - begin);
        begin = System.nanoTime();
        host.leave(2, space);
        ourLeave.add(System.nanoTime() - begin);
      }
      theirJoin.add(client.call("join " + place + " " + IO_TIMEOUT)[0]);
      theirLeave.add(client.call("leave " + place)[0]);
    }
    report.row("join", ourJoin, theirJoin);
    report.row("leave", ourLeave, theirLeave);
  }
}
