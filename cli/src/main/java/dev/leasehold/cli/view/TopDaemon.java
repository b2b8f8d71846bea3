// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.ClientTimeouts;
import dev.leasehold.sanlock.client.LockspaceCommands;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the daemon of this host, Leasehold's or sanlock's, tells at the sanlock socket. */
final class TopDaemon {
  /** It answers at once, or it is not worth waiting for: the directory is read in any case. */
  private static final ClientTimeouts SHORT =
      new ClientTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2));

  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final SanlockClient client;

  TopDaemon(Map<String, String> environment) {
    this.client = SanlockClient.of(environment).with(SHORT);
  }

  /** Empty if there is no daemon, or it has not joined the lockspace of this directory. */
  Optional<TopLook.Daemon> look(LeaseDirectory directory) {
    try {
      for (LockspaceCommands.Listed listed : client.lockspaces().list()) {
        if (listed.lockspace().name().equals(LOCKSPACE)
            && !listed.adding()
            && isSame(listed.lockspace().place().path(), directory.lockspacePath())) {
          List<TopLook.Renewal> renewals =
              client.status().renewals(LOCKSPACE).stream().map(TopDaemon::renewal).toList();
          return Optional.of(new TopLook.Daemon(listed.lockspace().hostId(), renewals));
        }
      }
      return Optional.empty();
    } catch (IOException | SanlockException e) {
      return Optional.empty();
    }
  }

  private static boolean isSame(String path, String ours) {
    try {
      return path.equals(ours) || Files.isSameFile(Path.of(path), Path.of(ours));
    } catch (IOException e) {
      return false;
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
