// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The life of some leases on a cluster of two hosts of one kind, with the area as it is after each
 * step. Host 1 is host-one, host 2 is host-two, every join is the first.
 */
final class Story {
  static final String SPACE = "LS0";
  private static final int IO_TIMEOUT = 3;

  /** Where an area was in the story: its name and its bytes. */
  private final Map<String, AreaFile> areas = new LinkedHashMap<>();

  /** The same for the lockspace. */
  private final Map<String, AreaFile> lockspaces = new LinkedHashMap<>();

  private final Lab lab;
  private final ClusterHost one;
  private final ClusterHost two;
  private final Path lockspace;

  Story(Lab lab, ClusterHost one, ClusterHost two) throws IOException {
    this.lab = lab;
    this.one = one;
    this.two = two;
    this.lockspace = lab.lockspace(SPACE, IO_TIMEOUT);
  }

  /** The resource areas by step. */
  Map<String, AreaFile> areas() {
    return areas;
  }

  /** The lockspace area by step. */
  Map<String, AreaFile> lockspaces() {
    return lockspaces;
  }

  void play() throws Exception {
    // Both at once: each waits for two io timeouts.
    Both.run(
        () -> one.join(SPACE, 1, lockspace, IO_TIMEOUT),
        () -> two.join(SPACE, 2, lockspace, IO_TIMEOUT));
    capture("joined");
    exclusive();
    shared();
    value();
    request();
    Both.run(() -> one.leave(SPACE, 1, lockspace), () -> two.leave(SPACE, 2, lockspace));
    capture("left");
  }

  private LeaseFile resource(String name) throws IOException {
    return new LeaseFile(SPACE, name, lab.resource(SPACE, name));
  }

  private void exclusive() throws Exception {
    LeaseFile lease = resource("EX");
    one.acquire(lease, false);
    capture("acquired", lease);
    one.release(lease);
    capture("released", lease);
    one.acquire(lease, false);
    capture("acquired again", lease);
    assertThat(Refused.codeOf(() -> two.acquire(lease, false))).isEqualTo(-243);
    capture("refused to another", lease);
    one.release(lease);
    two.acquire(lease, false);
    capture("acquired by another", lease);
    two.release(lease);
    capture("released by another", lease);
  }

  private void shared() throws Exception {
    LeaseFile lease = resource("SH");
    one.acquire(lease, true);
    capture("shared", lease);
    two.acquire(lease, true);
    capture("shared by both", lease);
    assertThat(Refused.codeOf(() -> one.convert(lease, false))).isEqualTo(-11);
    capture("conversion refused", lease);
    two.release(lease);
    capture("shared by one", lease);
    one.convert(lease, false);
    capture("converted to exclusive", lease);
    one.convert(lease, true);
    capture("converted to shared", lease);
    one.release(lease);
    capture("no longer shared", lease);
  }

  private void value() throws Exception {
    LeaseFile lease = resource("VALUE");
    one.acquireWithValue(lease);
    one.setValue(lease, "a lock value block");
    capture("value set", lease);
    one.release(lease);
    capture("value written", lease);
    two.acquireWithValue(lease);
    assertThat(two.value(lease, 18)).isEqualTo("a lock value block");
    two.release(lease);
    capture("value read", lease);
  }

  private void request() throws Exception {
    LeaseFile lease = resource("REQ");
    two.ask(lease, false);
    capture("asked for while free", lease);
    one.acquire(lease, false);
    two.ask(lease, false);
    capture("asked for while held", lease);
    Eventually eventually = Eventually.within(Duration.ofSeconds(60));
    eventually.holds(
        "host 1 is told", () -> AreaFile.read(lockspace).delta(2).bitmap().contains(1));
    capture("told");
    eventually.holds("the holder is stopped", () -> !one.holderAlive());
    eventually.holds("the lease is free", () -> AreaFile.read(lease.path()).leader().isFree());
    capture("given up", lease);
  }

  /**
   * Notes the lockspace down, and that the real program prints what it says; of a copy, as a
   * renewal may come at any time.
   */
  private void capture(String step) throws Exception {
    Path copy = copy(lockspace);
    AreaFile area = AreaFile.read(copy);
    for (long host = 1; host <= 3; host++) {
      assertThat(PrintedLeader.ofHost(SPACE, host, copy))
          .as("%s: host %d", step, host)
          .isEqualTo(PrintedLeader.expected(area.delta(host).leader()));
    }
    lockspaces.put(step, area);
  }

  private Path copy(Path live) throws IOException {
    return Files.copy(live, lab.path("copy"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Notes the area down, and that the real program prints what the area says; of a copy, too. */
  private void capture(String step, LeaseFile lease) throws IOException {
    Path copy = copy(lease.path());
    AreaFile area = AreaFile.read(copy);
    areas.put(step, area);
    LeaderRecord leader = area.leader();
    assertThat(PrintedLeader.ofResource(SPACE, lease.name(), copy))
        .as("%s: read_leader", step)
        .isEqualTo(PrintedLeader.expected(leader));
    assertThat(Lab.direct("dump", copy + ":0:1M", "-f", "2").lines())
        .as("%s: dump", step)
        .containsExactlyElementsOf(PrintedDump.expected(area));
  }
}
