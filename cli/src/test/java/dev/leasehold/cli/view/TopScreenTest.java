// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.cli.view.TopLook.Change;
import dev.leasehold.cli.view.TopLook.Counts;
import dev.leasehold.cli.view.TopLook.Kind;
import dev.leasehold.cli.view.TopLook.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The screen from given data. */
class TopScreenTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:21:07Z");

  private static HostLine host(long id, State state, long age, boolean exact) {
    Duration time = Duration.ofSeconds(age);
    return new HostLine(
        id,
        "kvm" + id,
        1,
        1000,
        10,
        state,
        exact ? Optional.of(time) : Optional.empty(),
        Optional.empty(),
        exact ? Duration.ZERO : time,
        Optional.empty(),
        Optional.empty());
  }

  private static TopLook look(List<HostLine> hosts, List<Renewal> renewals) {
    return new TopLook(
        NOW,
        "/mnt/leases",
        hosts,
        new Counts(12, 9, 2, 1, 0),
        List.of(),
        renewals.isEmpty() ? Optional.empty() : Optional.of(new TopLook.Daemon(3, 60, renewals)),
        List.of(Duration.ofMillis(3), Duration.ofMillis(7)),
        Optional.empty());
  }

  private static List<String> plain(TopLook look, List<Change> recent, int rows, int columns) {
    return new TopScreen(rows, columns, false, true).render(look, recent, NOW, "  q ends");
  }

  @Test
  void everyHostHasItsAgeAgainstItsDeadline() {
    TopLook look =
        look(
            List.of(
                host(1, State.ALIVE, 3, true),
                host(2, State.SILENT, 95, true),
                host(3, State.SILENT, 200, true),
                host(4, State.UNKNOWN, 12, false),
                host(5, State.SILENT, 40, true)),
            List.of());
    List<String> lines = plain(look, List.of(), 30, 80);
    assertThat(lines).anyMatch(line -> line.matches("1 +alive +3 s +█[·|]+ lost in 77 s +kvm1"));
    assertThat(lines)
        .anyMatch(line -> line.matches("2 +lost +95 s +█+·+ lost, dead in 45 s +kvm2"));
    assertThat(lines).anyMatch(line -> line.matches("3 +dead +200 s +█+ dead, may be taken +kvm3"));
    assertThat(lines).anyMatch(line -> line.matches("4 +unknown +≥ 12 s .* lost in ≤ 68 s +kvm4"));
    assertThat(lines).anyMatch(line -> line.matches("5 +silent +40 s +█+·*\\|·+ lost in 40 s .*"));
    List<String> order =
        lines.stream()
            .filter(line -> line.matches("[1-5] .*"))
            .map(line -> line.substring(0, 1))
            .toList();
    assertThat(order).as("the worst first").containsExactly("2", "3", "5", "4", "1");
    assertThat(lines.get(0)).startsWith(" leasehold top  /mnt/leases").endsWith("q ends");
    assertThat(plain(look, List.of(), 30, 100).get(1))
        .isEqualTo(
            "hosts 1 alive, 1 not seen yet, 3 silent   leases 9 held, 2 free, 1 damaged   no"
                + " daemon");
  }

  @Test
  void theDaemonsRenewalsArePlotted() {
    List<Renewal> renewals =
        List.of(new Renewal(1, 0, 0, 0), new Renewal(3, 10, 10, 0), new Renewal(5, 20, 20, 2));
    List<String> lines = plain(look(List.of(), renewals), List.of(), 24, 60);
    assertThat(lines).anyMatch(line -> line.startsWith("RENEWALS OF THIS HOST  read 20 ms"));
    assertThat(lines).anyMatch(line -> line.matches("40 ms +█"));
    assertThat(lines).anyMatch(line -> line.matches(" +▁██"));
    String coloured =
        String.join(
            "\n",
            new TopScreen(24, 60, true, true)
                .render(look(List.of(), renewals), List.of(), NOW, ""));
    assertThat(coloured).as("a renewal after which some failed").contains("\033[31m█\033[0m");
  }

  @Test
  void leasesComeAndGo() {
    List<Change> recent =
        List.of(
            new Change(NOW, Kind.TAKEN, "0".repeat(32), Optional.of("/srv/a"), Optional.of("vm a")),
            new Change(NOW, Kind.GIVEN_BACK, "1".repeat(32), Optional.empty(), Optional.empty()),
            new Change(NOW, Kind.REMOVED, "2".repeat(32), Optional.of("/c"), Optional.empty()));
    String text = String.join("\n", plain(look(List.of(), List.of()), recent, 24, 80));
    assertThat(text)
        .containsPattern("\\+ [0-9:]{8}  /srv/a  vm a\n")
        .containsPattern("- [0-9:]{8}  1{32}  is free\n")
        .containsPattern("x [0-9:]{8}  /c  its file was removed");
    assertThat(String.join("\n", plain(look(List.of(), List.of()), List.of(), 24, 80)))
        .contains("nothing since");
  }

  @Test
  void aFaultIsSaidAndTheRestStays() {
    TopLook look = look(List.of(host(1, State.ALIVE, 1, true)), List.of()).failed(NOW, "no\033[2J");
    String text = String.join("\n", plain(look, List.of(), 24, 80));
    assertThat(text).contains("no\\u001b[2J").contains("kvm1").doesNotContain("\033");
  }

  @ParameterizedTest
  @CsvSource({"24,80", "10,40", "5,20", "1,10", "60,200", "15,79"})
  void itFitsEveryScreen(int rows, int columns) {
    List<HostLine> hosts =
        IntStream.rangeClosed(1, 40).mapToObj(id -> host(id, State.ALIVE, id % 20, true)).toList();
    List<Renewal> renewals = new ArrayList<>();
    for (int i = 0; i < 180; i++) {
      renewals.add(new Renewal(i, i % 7, 2, 0));
    }
    List<String> lines = plain(look(hosts, renewals), List.of(), rows, columns);
    assertThat(lines).hasSizeLessThanOrEqualTo(rows);
    assertThat(lines).allMatch(line -> line.codePointCount(0, line.length()) <= columns);
    if (rows == 24) {
      assertThat(lines).anyMatch(line -> line.matches("and [0-9]+ more"));
      assertThat(lines).contains("LEASES COMING AND GOING");
    }
    List<String> coloured =
        new TopScreen(rows, columns, true, true).render(look(hosts, renewals), List.of(), NOW, "");
    assertThat(coloured.stream().map(line -> line.replaceAll("\033\\[[0-9]+m", "")).toList())
        .allMatch(line -> line.codePointCount(0, line.length()) <= columns);
  }

  @Test
  void withoutUnicodeItIsAscii() {
    List<Renewal> renewals = List.of(new Renewal(1, 5, 5, 0), new Renewal(3, 1, 1, 0));
    TopLook look = look(List.of(host(4, State.UNKNOWN, 12, false)), renewals);
    List<String> lines = new TopScreen(24, 80, false, false).render(look, List.of(), NOW, "");
    assertThat(String.join("\n", lines)).contains(">=12 s", "lost in <=68 s", "#");
    assertThat(lines).allMatch(line -> line.chars().allMatch(c -> c < 0x7F));
  }
}
