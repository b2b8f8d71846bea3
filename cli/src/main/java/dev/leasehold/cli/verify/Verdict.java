// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.json.Json;
import java.nio.file.Path;
import java.util.Optional;

/** What the verification comes to, for people and for programs. */
record Verdict(
    Path directory, int hosts, int ioTimeout, Findings findings, Optional<Journal.Proof> proof) {
  private static final int USUAL_IO_TIMEOUT = 10;
  private static final int MOST_IO_TIMEOUT = 255;

  /** A transfer may be so many times slower in a bad moment than the slowest that was seen. */
  private static final int MARGIN = 8;

  boolean isSafe() {
    return findings.firstFailure().isEmpty() && recommended() <= MOST_IO_TIMEOUT;
  }

  /** Seconds. */
  private long recommended() {
    long slowest = Math.max(findings.reads.slowestNanos(), findings.writes.slowestNanos());
    return Math.max(USUAL_IO_TIMEOUT, (slowest * MARGIN + 999_999_999L) / 1_000_000_000L);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("checks of ").append(directory).append("\n\n");
    for (Check check : findings.checks()) {
      text.append(String.format("  %-8s %s", check.outcome().text(), check.what()));
      text.append(check.detail().isEmpty() ? "" : ": " + check.detail()).append('\n');
    }
    if (findings.writes.count() > 0) {
      text.append("\nwrites of one sector\n").append(findings.writes.histogram());
      text.append("reads\n").append(findings.reads.histogram());
      text.append("\nrecommended io timeout: ").append(recommended()).append(" s (").append(MARGIN);
      text.append(" times the slowest transfer, at least ").append(USUAL_IO_TIMEOUT).append(")\n");
    }
    return text.append('\n').append(words()).append('\n').toString();
  }

  private String words() {
    Optional<Check> failure = findings.firstFailure();
    if (failure.isPresent()) {
      return "NOT SAFE for leases: " + failure.get().what() + ", that does not hold here.";
    }
    if (!isSafe()) {
      return "NOT SAFE for leases: it is too slow, no io timeout allows for it.";
    }
    return hosts == 1
        ? "Nothing speaks against it, as far as one host can see. Run it on two hosts at the same"
            + " time, with --hosts 2, before you rely on it."
        : "Safe for leases, as far as " + hosts + " hosts could see.";
  }

  Json json() {
    return new Json.Members()
        .put("directory", directory.toString())
        .put("safe", isSafe())
        .put("hosts", hosts)
        .put("io_timeout", ioTimeout)
        .put("recommended_io_timeout", recommended())
        .put("sections", proof.map(Journal.Proof::sections).orElse(0L))
        .put("handovers", proof.map(Journal.Proof::handovers).orElse(0L))
        .put("write_latency", latency(findings.writes))
        .put("read_latency", latency(findings.reads))
        .put(
            "checks",
            Json.array(
                findings.checks(),
                check ->
                    new Json.Members()
                        .put("name", check.name())
                        .put("outcome", check.outcome().text().toLowerCase(java.util.Locale.ROOT))
                        .put("what", check.what())
                        .put("detail", check.detail())));
  }

  private static Json latency(Latencies latencies) {
    return new Json.Members()
        .put("count", latencies.count())
        .put("p50_us", latencies.quantileNanos(0.5) / 1000)
        .put("p99_us", latencies.quantileNanos(0.99) / 1000)
        .put("max_us", latencies.slowestNanos() / 1000);
  }
}
