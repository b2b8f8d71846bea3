// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.ondisk.LeaderRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A fight of several hosts for four leases, and what came of it. Thread-safe once made. */
final class Contest {
  static final String SPACE = "LS0";
  static final int HOLDERS_PER_HOST = 2;
  static final int HOLD_MICROS = 500;
  private static final int MOST_FIGHTS = 3;

  private final Lab lab;
  private final int seconds;
  private final List<LeaseFile> leases = new ArrayList<>();
  private final List<CriticalSection> sections = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Long> refusals = new ConcurrentHashMap<>();

  /** Makes the leases: two for every host id that there is, two for few hosts. */
  Contest(Lab lab, int seconds) throws IOException {
    this.lab = lab;
    this.seconds = seconds;
    for (String numHosts : List.of("2000", "2000", "8", "8")) {
      String name = "lease" + leases.size();
      Path file = Lab.sparse(lab.path(name), 1 << 20);
      Lab.direct("init", "-r", SPACE + ":" + name + ":" + file + ":0", "-n", numHosts);
      leases.add(new LeaseFile(SPACE, name, file));
    }
  }

  List<LeaseFile> leases() {
    return leases;
  }

  int seconds() {
    return seconds;
  }

  List<CriticalSection> sections() {
    return sections;
  }

  void held(CriticalSection section) {
    sections.add(section);
  }

  void refused(String party, long times) {
    refusals.merge(party, times, Long::sum);
  }

  /** Fights behind the socket of a daemon, with {@code contend} of worker.py. */
  Both.Step contender(SocketHost host, long seed) throws Exception {
    CWorker worker = host.withOtherHolder().holder();
    worker.register();
    Path log = lab.path("log" + seed);
    List<String> names = leases.stream().map(LeaseFile::name).toList();
    String call =
        "contend(%s, %s, %d, %d, %s, %d)"
            .formatted(
                CWorker.bytes(SPACE),
                CWorker.disks(names, leases.getFirst().path().getParent()),
                seconds,
                seed,
                CWorker.text(log),
                HOLD_MICROS);
    return () -> {
      refused(host.name(), Long.parseLong(worker.call(call)));
      for (String line : Files.readAllLines(log)) {
        held(CriticalSection.parse(host.name(), line));
      }
    };
  }

  /**
   * Lets them fight until every one of these hosts had leases of both kinds, which on a busy
   * machine may take another time or two.
   */
  void fight(List<Both.Step> parties, List<String> hosts) throws Exception {
    for (int times = 0; times < MOST_FIGHTS && !everyoneHadBoth(hosts); times++) {
      Both.run(parties);
    }
    assertThat(everyoneHadBoth(hosts)).as("both kinds for all of %s: %s", hosts, this).isTrue();
  }

  private boolean everyoneHadBoth(List<String> hosts) {
    Set<String> had = count().keySet();
    return hosts.stream()
        .allMatch(host -> had.contains(host + " ex") && had.contains(host + " sh"));
  }

  /** Acquisitions by party and mode, e.g. "c-one ex". */
  Map<String, Long> count() {
    return sections.stream()
        .collect(
            Collectors.groupingBy(
                section -> section.party() + (section.shared() ? " sh" : " ex"),
                TreeMap::new,
                Collectors.counting()));
  }

  /** Nobody met another, and every exclusive owner got a version of its own, higher than before. */
  void check() {
    assertThat(CriticalSection.violations(sections)).isEmpty();
    assertThat(CriticalSection.versionsThatDidNotRise(sections)).isEmpty();
    for (LeaseFile lease : leases) {
      long granted =
          sections.stream()
              .filter(section -> section.resource().equals(lease.name()) && !section.shared())
              .count();
      // Each exclusive acquisition takes a version of its own; shared and refused ones do too.
      assertThat(leader(lease).lver()).as(lease.name()).isGreaterThanOrEqualTo(granted);
    }
  }

  static LeaderRecord leader(LeaseFile lease) {
    return AreaFile.read(lease.path()).leader();
  }

  @Override
  public String toString() {
    return "%d acquisitions in fights of %d s: %s; refused: %s"
        .formatted(sections.size(), seconds, count(), new TreeMap<>(refusals));
  }
}
