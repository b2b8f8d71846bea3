// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.view.TopLook.Change;
import dev.leasehold.cli.view.TopLook.Counts;
import dev.leasehold.cli.view.TopLook.Kind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Follows the leases of a directory, a limited number of files at each look, so that a directory
 * with a thousand of them on shared storage is not read whole again and again. Not thread-safe.
 */
final class LeaseWatch {
  private final int filesPerLook;
  private final Map<String, Known> known = new LinkedHashMap<>();
  private final Deque<String> turn = new ArrayDeque<>();
  private boolean knowsAll;

  private record Known(LeaseLine line, LeaseState state, Set<String> holders) {}

  /**
   * @param filesPerLook at least 1
   */
  LeaseWatch(int filesPerLook) {
    this.filesPerLook = filesPerLook;
  }

  /**
   * Looks at the next files.
   *
   * @param files names of all files in the directory
   * @param read reads a lease
   * @param holdings a holder with its host as it is now
   * @return what has changed; nothing of leases that are seen for the first time because the
   *     watching has just begun
   */
  List<Change> look(
      List<String> files,
      Function<String, LeaseLine> read,
      Function<HolderLine, Holding> holdings,
      Instant now) {
    Set<String> names = new TreeSet<>(files.stream().filter(LeaseDirectory::isLeaseName).toList());
    List<Change> changes = new ArrayList<>();
    for (Known lease : List.copyOf(known.values())) {
      if (!names.contains(lease.line().name())) {
        known.remove(lease.line().name());
        changes.add(change(Kind.REMOVED, lease, Optional.empty(), now));
      }
    }
    turn.removeIf(name -> !names.contains(name));
    // New ones first: whoever looks waits for those.
    names.stream()
        .filter(name -> !known.containsKey(name) && !turn.contains(name))
        .forEach(turn::addFirst);
    int due = Math.min(filesPerLook, turn.size());
    for (int i = 0; i < due; i++) {
      String name = turn.removeFirst();
      turn.addLast(name);
      LeaseLine line = read.apply(name);
      Known after = new Known(line, LeaseState.of(line, holdings), holders(line, holdings));
      Optional<Known> before = Optional.ofNullable(known.put(name, after));
      if (before.isPresent() || knowsAll) {
        changes(before, after, holdings, now, changes);
      }
    }
    knowsAll = knowsAll || known.size() == names.size();
    return changes;
  }

  private static Set<String> holders(LeaseLine line, Function<HolderLine, Holding> holdings) {
    Set<String> keys = new TreeSet<>();
    for (HolderLine holder : line.holders()) {
      if (holdings.apply(holder).standing() == Holding.Standing.HOLDS) {
        keys.add(key(holder));
      }
    }
    return keys;
  }

  /** The time of the acquisition too: the same host may have given it back and taken it again. */
  private static String key(HolderLine holder) {
    return holder.hostId() + ":" + holder.generation() + ":" + holder.acquired();
  }

  private static void changes(
      Optional<Known> before,
      Known after,
      Function<HolderLine, Holding> holdings,
      Instant now,
      List<Change> changes) {
    Set<String> had = before.map(Known::holders).orElse(Set.of());
    for (HolderLine holder : after.line().holders()) {
      if (after.holders().contains(key(holder)) && !had.contains(key(holder))) {
        String who = HoldingText.by(holdings.apply(holder), now);
        changes.add(change(Kind.TAKEN, after, Optional.of(who), now));
      }
    }
    if (!had.isEmpty() && after.holders().isEmpty()) {
      changes.add(change(Kind.GIVEN_BACK, after, Optional.empty(), now));
    }
  }

  private static Change change(Kind kind, Known lease, Optional<String> who, Instant now) {
    return new Change(now, kind, lease.line().name(), lease.line().disk(), who);
  }

  /** How many there are of which. */
  Counts counts() {
    int held = count(LeaseState.EXCLUSIVE) + count(LeaseState.SHARED);
    return new Counts(
        turn.size(),
        held,
        count(LeaseState.FREE),
        count(LeaseState.DAMAGED),
        turn.size() - known.size());
  }

  private int count(LeaseState state) {
    return (int) known.values().stream().filter(lease -> lease.state() == state).count();
  }
}
