// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A time in which somebody held a lease.
 *
 * @param begin CLOCK_MONOTONIC nanoseconds, taken after the acquire returned
 * @param end likewise, taken before the release was called
 * @param version the lver that the owner's host said it has
 */
record CriticalSection(
    String party, String resource, boolean shared, long begin, long end, long version) {

  /** A line of the worker's log: resource, "sh" or "ex", begin, end, version. */
  static CriticalSection parse(String party, String line) {
    String[] words = line.split(" ");
    return new CriticalSection(
        party,
        words[0],
        words[1].equals("sh"),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]));
  }

  private boolean overlaps(CriticalSection other) {
    return begin <= other.end && other.begin <= end;
  }

  private boolean excludes(CriticalSection other) {
    return (!shared || !other.shared) && overlaps(other);
  }

  /** Every pair that should not have been: same resource, one of them exclusive, at one time. */
  static List<String> violations(List<CriticalSection> sections) {
    Map<String, List<CriticalSection>> byResource =
        sections.stream().collect(Collectors.groupingBy(CriticalSection::resource));
    List<String> found = new ArrayList<>();
    byResource.values().forEach(list -> found.addAll(violationsOfOne(list)));
    return found;
  }

  /** Exclusive owners whose version is not above that of every exclusive owner before them. */
  static List<String> versionsThatDidNotRise(List<CriticalSection> sections) {
    Map<String, Long> highest = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (CriticalSection next :
        sections.stream()
            .filter(section -> !section.shared)
            .sorted(Comparator.comparingLong(CriticalSection::begin))
            .toList()) {
      long before = highest.getOrDefault(next.resource, 0L);
      if (next.version <= before) {
        found.add(next + " after version " + before);
      }
      highest.put(next.resource, Math.max(before, next.version));
    }
    return found;
  }

  private static List<String> violationsOfOne(List<CriticalSection> sections) {
    List<CriticalSection> open = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (CriticalSection next :
        sections.stream().sorted(Comparator.comparingLong(CriticalSection::begin)).toList()) {
      open.removeIf(earlier -> earlier.end < next.begin);
      for (CriticalSection earlier : open) {
        if (earlier.excludes(next)) {
          found.add(earlier + " and " + next);
        }
      }
      open.add(next);
    }
    return found;
  }
}
