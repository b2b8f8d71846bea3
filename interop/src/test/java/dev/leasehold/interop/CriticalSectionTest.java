// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checker finds what it is to find. */
class CriticalSectionTest {
  private static CriticalSection exclusive(String resource, long begin, long end) {
    return new CriticalSection("p", resource, false, begin, end, begin);
  }

  private static CriticalSection shared(String resource, long begin, long end) {
    return new CriticalSection("p", resource, true, begin, end, begin);
  }

  @Test
  void findsOverlapsOfExclusiveSections() {
    assertThat(CriticalSection.violations(List.of(exclusive("a", 1, 5), exclusive("a", 5, 9))))
        .hasSize(1);
    assertThat(CriticalSection.violations(List.of(exclusive("a", 4, 9), exclusive("a", 1, 4))))
        .hasSize(1);
    assertThat(CriticalSection.violations(List.of(exclusive("a", 1, 9), exclusive("a", 3, 4))))
        .hasSize(1);
    assertThat(CriticalSection.violations(List.of(shared("a", 1, 9), exclusive("a", 3, 4))))
        .hasSize(1);
    assertThat(CriticalSection.violations(List.of(exclusive("a", 1, 9), shared("a", 9, 12))))
        .hasSize(1);
  }

  @Test
  void acceptsWhatMayBe() {
    assertThat(
            CriticalSection.violations(
                List.of(
                    exclusive("a", 1, 4),
                    exclusive("b", 2, 9),
                    shared("a", 5, 9),
                    shared("a", 6, 7),
                    exclusive("a", 10, 11))))
        .isEmpty();
  }

  @Test
  void findsVersionsThatDidNotRise() {
    List<CriticalSection> sections =
        List.of(
            new CriticalSection("p", "a", false, 1, 2, 7),
            new CriticalSection("p", "a", true, 3, 4, 7),
            new CriticalSection("p", "b", false, 5, 6, 1),
            new CriticalSection("p", "a", false, 8, 9, 8));
    assertThat(CriticalSection.versionsThatDidNotRise(sections)).isEmpty();
    List<CriticalSection> again = new ArrayList<>(sections);
    again.add(new CriticalSection("q", "a", false, 10, 11, 8));
    assertThat(CriticalSection.versionsThatDidNotRise(again)).hasSize(1);
  }

  @Test
  void findsAsManyAsLookingAtEveryPair() {
    Random random = new Random(4711);
    List<CriticalSection> sections = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long begin = random.nextInt(3000);
      sections.add(
          new CriticalSection(
              "p" + i, "r" + i % 3, random.nextBoolean(), begin, begin + random.nextInt(20), i));
    }
    long pairs = 0;
    for (int i = 0; i < sections.size(); i++) {
      for (int j = i + 1; j < sections.size(); j++) {
        CriticalSection a = sections.get(i);
        CriticalSection b = sections.get(j);
        boolean together = Math.max(a.begin(), b.begin()) <= Math.min(a.end(), b.end());
        if (a.resource().equals(b.resource()) && (!a.shared() || !b.shared()) && together) {
          pairs++;
        }
      }
    }
    assertThat(pairs).isPositive();
    assertThat(CriticalSection.violations(sections)).hasSize((int) pairs);
  }
}
