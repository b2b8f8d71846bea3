// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several hosts want a lease that nobody has made yet; one of them makes it, already held. */
class FirstLeaseInteropTest {
  private static final String SPACE = "LS0";
  private static final int ROUNDS = 60;
  private static final int IO_TIMEOUT = 3;

  private static Lab lab;
  private static Path dir;
  private static SocketHost theirs;
  private static final List<OurHost> OURS = new ArrayList<>();

  @BeforeAll
  static void join() throws Exception {
    Lab.needsSanlock();
    lab = Lab.open();
    Path lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
    dir = Files.createDirectory(lab.path("leases"));
    theirs = lab.cHost("c-host");
    List<Both.Step> joins = new ArrayList<>();
    joins.add(() -> theirs.join(SPACE, 1, lockspace, IO_TIMEOUT));
    for (int id = 2; id <= 4; id++) {
      int hostId = id;
      OurHost host = lab.ourHost("our-" + id);
      OURS.add(host);
      joins.add(() -> host.join(SPACE, hostId, lockspace, IO_TIMEOUT));
    }
    Both.run(joins);
  }

  @AfterAll
  static void close() {
    if (lab != null) {
      lab.close();
    }
  }

  private record Answer(OurHost host, AcquireResult result) {}

  /** All of ours at once. */
  private static List<Answer> race(LeaseFile lease, boolean shared) throws Exception {
    CyclicBarrier start = new CyclicBarrier(OURS.size());
    List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
    Both.run(
        OURS.stream()
            .map(
                host ->
                    (Both.Step)
                        () -> {
                          start.await();
                          AcquireResult result =
                              host.acquire(
                                  OurHost.request(lease, shared).creating(CreatePolicy.DEFAULT),
                                  AcquireOptions.DEFAULT);
                          answers.add(new Answer(host, result));
                        })
            .toList());
    return answers;
  }

  @Test
  void oneHostWinsEachRaceAndTheCDaemonHonoursIt() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      LeaseFile lease = new LeaseFile(SPACE, "race" + round, dir.resolve("race" + round));
      List<OurHost> winners = new ArrayList<>();
      for (Answer answer : race(lease, false)) {
        switch (answer.result()) {
          case AcquireResult.Granted granted -> winners.add(answer.host());
          case AcquireResult.Refused(Refusal refusal) ->
              assertThat(refusal.code())
                  .as(refusal.message())
                  .isIn(ErrorCode.ACQUIRE_IDLIVE, ErrorCode.ACQUIRE_OWNED, ErrorCode.ACQUIRE_OTHER);
        }
      }
      assertThat(winners).as("winners of round %d", round).hasSize(1);
      assertThat(Refused.codeOf(() -> theirs.acquire(lease, false))).isEqualTo(-243);
      winners.getFirst().release(lease);
      theirs.acquire(lease, false);
      theirs.release(lease);
      assertThat(AreaFile.read(lease.path()).leader().lver()).isEqualTo(2);
    }
    onlyLeasesAreLeft("race");
  }

  @Test
  void sharersMayAllBeFirst() throws Exception {
    for (int round = 0; round < 10; round++) {
      LeaseFile lease = new LeaseFile(SPACE, "share" + round, dir.resolve("share" + round));
      assertThat(race(lease, true))
          .allSatisfy(
              answer -> assertThat(answer.result()).isInstanceOf(AcquireResult.Granted.class));
      assertThat(Refused.codeOf(() -> theirs.acquire(lease, false))).isEqualTo(-11);
      theirs.acquire(lease, true);
      theirs.release(lease);
      for (OurHost host : OURS) {
        host.release(lease);
      }
    }
    onlyLeasesAreLeft("share");
  }

  private static void onlyLeasesAreLeft(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allSatisfy(name -> assertThat(name).matches("(race|share)\\d+"))
          .anySatisfy(name -> assertThat(name).startsWith(prefix));
    }
  }
}
