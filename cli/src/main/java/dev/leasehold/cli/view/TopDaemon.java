// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonReader;
import dev.leasehold.cli.hostdaemon.DaemonSocket;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the daemon of this host, Leasehold's or sanlock's, tells at the sanlock socket. */
final class TopDaemon {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final DaemonReader reader;

  TopDaemon(Map<String, String> environment) {
    this.reader = new DaemonReader(DaemonSocket.of(environment), LIMIT);
  }

  /** Empty if there is no daemon, or it has not joined the lockspace of this directory. */
  Optional<TopLook.Daemon> look(LeaseDirectory directory) {
    try {
      DaemonFacts facts = reader.read(directory);
      if (facts.here().isEmpty()) {
        return Optional.empty();
      }
      List<TopLook.Renewal> renewals = reader.renewals().stream().map(TopDaemon::renewal).toList();
      return Optional.of(
          new TopLook.Daemon(
              facts.here().get().hostId(), facts.watchdog().fireTimeout(), renewals));
    } catch (IOException | SanlockException e) {
      return Optional.empty();
    }
  }

  private static TopLook.Renewal renewal(Map<String, String> words) {
    return new TopLook.Renewal(
        number(words, "timestamp"),
        number(words, "read_ms"),
        number(words, "write_ms"),
        number(words, "next_timeouts") + number(words, "next_errors"));
  }

  private static long number(Map<String, String> words, String name) {
    try {
      return Long.parseLong(words.getOrDefault(name, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
