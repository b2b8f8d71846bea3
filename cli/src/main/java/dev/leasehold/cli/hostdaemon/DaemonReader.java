// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.ClientTimeouts;
import dev.leasehold.sanlock.client.Host;
import dev.leasehold.sanlock.client.HostState;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.sanlock.client.SanlockException;
import dev.leasehold.sanlock.client.StatusCommands.LockspaceStatus;
import dev.leasehold.sanlock.client.StatusCommands.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a daemon for its facts, in the words of STATUS (docs/spec/wire.md 4.21 – 4.23). */
public final class DaemonReader {
  private static final Name LOCKSPACE = Name.of(LeaseDirectory.LOCKSPACE);

  private final SanlockClient client;

  /**
   * Of the daemon that listens there.
   *
   * @param limit for each question: it answers at once, or it is not worth waiting for
   */
  public DaemonReader(Path socket, Duration limit) {
    this.client = SanlockClient.at(socket).with(new ClientTimeouts(limit, limit, limit));
  }

  /** What it says of itself, and of the lockspace in this directory. */
  public DaemonFacts read(LeaseDirectory directory) throws IOException, SanlockException {
    Status status = client.status().all();
    long bootNanos = HostPorts.clock().bootNanos();
    DaemonWords words = new DaemonWords(status, Duration.ofNanos(bootNanos).toSeconds());
    Optional<LockspaceStatus> here =
        status.lockspaces().stream()
            .filter(one -> !one.list().equals("add"))
            .filter(one -> one.lockspace().name().equals(LOCKSPACE))
            .filter(one -> isSame(one.lockspace().place().path(), directory.lockspacePath()))
            .findFirst();
    return new DaemonFacts(
        status.hostName().toString(),
        words.watchdog(),
        status.lockspaces().stream().map(words::space).toList(),
        here.map(words::space),
        here.isPresent() ? hosts(words) : Map.of(),
        here.isPresent() ? words.held(LOCKSPACE) : List.of(),
        bootNanos);
  }

  /** The words about the last renewals of that lockspace, oldest first. */
  public List<Map<String, String>> renewals() throws IOException, SanlockException {
    return client.status().renewals(LOCKSPACE);
  }

  /** Nothing if it has not looked at them yet, or leaves in this moment. */
  private Map<Long, DaemonSighting> hosts(DaemonWords words) throws IOException {
    try {
      Map<Long, HostState> states = new HashMap<>();
      for (Host host : client.lockspaces().hosts(LOCKSPACE)) {
        states.put(host.hostId(), host.state());
      }
      Map<Long, DaemonSighting> hosts = new HashMap<>();
      client
          .status()
          .hosts(LOCKSPACE)
          .forEach(
              (id, host) -> {
                boolean changing =
                    states.getOrDefault((long) id, HostState.UNKNOWN) != HostState.UNKNOWN;
                words.sighting(host, changing).ifPresent(seen -> hosts.put((long) id, seen));
              });
      return hosts;
    } catch (SanlockException e) {
      return Map.of();
    }
  }

  private static boolean isSame(String path, String ours) {
    try {
      return path.equals(ours) || Files.isSameFile(Path.of(path), Path.of(ours));
    } catch (IOException e) {
      return false;
    }
  }
}
