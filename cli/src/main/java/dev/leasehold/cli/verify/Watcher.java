// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.storage.StorageException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the sectors of all participants: whole, never going back, and their clocks running as
 * fast as ours.
 */
final class Watcher {
  private static final int PAUSE_MILLIS = 3;

  /** Sightings that lie closer together say nothing about a clock. */
  private static final long SPAN_NANOS = 2_000_000_000L;

  private static final double MOST_DRIFT = 0.01;

  private final Session session;
  private final Findings findings;
  private final Set<Long> ours;
  private final Map<Long, Seen> seen = new ConcurrentHashMap<>();

  private record Seen(Stamp first, long firstAt, Stamp last, long lastAt, long looks) {}

  /**
   * @param ours host ids of this process
   */
  Watcher(Session session, Findings findings, Set<Long> ours) {
    this.session = session;
    this.findings = findings;
    this.ours = Set.copyOf(ours);
  }

  void start() {
    findings.start("sector-atomicity", "a sector arrives as a whole", this::watch);
  }

  /** Hosts whose sectors were seen to change, ours included. */
  int hosts() {
    return (int) seen.values().stream().filter(host -> host.looks() > 1).count();
  }

  /** Whether every other host has come as far as this. */
  boolean othersAre(Set<Long> kinds) {
    return seen.entrySet().stream()
        .filter(entry -> !ours.contains(entry.getKey()) && entry.getValue().looks() > 1)
        .allMatch(entry -> kinds.contains(entry.getValue().last().kind()));
  }

  /** Whether ours is the lowest host id of all that took part. */
  boolean isFirst() {
    return seen.keySet().stream().mapToLong(Long::longValue).min().stream()
        .anyMatch(ours::contains);
  }

  /** Marks our sectors. */
  void leave(Files512 board) throws Files512.Unsound {
    for (long host : ours) {
      Seen own = seen.get(host);
      long number = own == null ? 1 : own.last().number() + 2;
      board.write(
          host % Session.PLACES, new Stamp(Stamp.LEAVING, number, host, 0, System.nanoTime()));
    }
  }

  private void watch() throws Files512.Unsound, InterruptedException {
    try (Files512 board =
        Files512.open(HostPorts.storage(), session.board(), findings.reads, findings.writes)) {
      while (!findings.isOver()) {
        look(board);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (StorageException e) {
      throw new Files512.Unsound("io", String.valueOf(e.getMessage()));
    }
  }

  /** Once over all of them. */
  void look(Files512 board) throws Files512.Unsound {
    long before = System.nanoTime();
    Stamp.Content[] found = board.read(0, Session.PLACES);
    for (Stamp.Content content : found) {
      switch (content) {
        case Stamp.Content.Empty _ -> {
          // Nobody's.
        }
        case Stamp.Content.Torn _ ->
            throw new Files512.Unsound("sector-atomicity", "a sector of the board was torn");
        case Stamp.Content.Whole(Stamp stamp) -> add(stamp, before);
      }
    }
  }

  private void add(Stamp stamp, long at) throws Files512.Unsound {
    Seen host = seen.get(stamp.owner());
    if (host == null) {
      seen.put(stamp.owner(), new Seen(stamp, at, stamp, at, 1));
      return;
    }
    if (stamp.number() < host.last().number() && stamp.nanos() <= host.last().nanos()) {
      throw new Files512.Unsound(
          "visibility",
          "host "
              + stamp.owner()
              + " was seen at number "
              + host.last().number()
              + ", and later at "
              + stamp.number());
    }
    if (stamp.number() != host.last().number()) {
      seen.put(stamp.owner(), new Seen(host.first(), host.firstAt(), stamp, at, host.looks() + 1));
    }
  }

  /** Compares the clocks of the other hosts with ours. */
  void judgeClocks() {
    String what = "the clocks of the hosts run equally fast";
    Map<Long, String> rates = new HashMap<>();
    for (Map.Entry<Long, Seen> entry : seen.entrySet()) {
      Seen host = entry.getValue();
      long own = host.lastAt() - host.firstAt();
      if (ours.contains(entry.getKey()) || own < SPAN_NANOS) {
        continue;
      }
      double drift = (double) (host.last().nanos() - host.first().nanos()) / own - 1;
      double unsure = 2.0 * findings.writes.slowestNanos() / own + 0.002;
      String rate =
          String.format(
              Locale.ROOT,
              "host id %d %+.2f %% (± %.2f)",
              entry.getKey(),
              drift * 100,
              unsure * 100);
      rates.put(entry.getKey(), rate);
      if (Math.abs(drift) > MOST_DRIFT + unsure) {
        findings.failed("clocks", what, rate);
      }
    }
    if (rates.isEmpty()) {
      findings.add(new Check("clocks", what, Check.Outcome.SKIPPED, "no other host took part"));
    } else {
      findings.ok("clocks", what, String.join(", ", rates.values()));
    }
  }
}
