// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import java.nio.file.Path;
import java.util.Optional;

/** What came of asking the daemon of this host. */
public sealed interface DaemonAnswer {
  /** Where it was looked for. */
  Path socket();

  /** Nobody listens there. */
  record Absent(Path socket) implements DaemonAnswer {}

  /**
   * Somebody listens there and did not answer.
   *
   * @param why in words
   */
  record Mute(Path socket, String why) implements DaemonAnswer {}

  /** It answered. */
  record Told(Path socket, DaemonFacts facts) implements DaemonAnswer {}

  /** What it said, if it answered. */
  default Optional<DaemonFacts> said() {
    return this instanceof Told told ? Optional.of(told.facts()) : Optional.empty();
  }

  /** What it said, if it has joined the lockspace of the directory that it was asked about. */
  default Optional<DaemonFacts> joined() {
    return said().filter(facts -> facts.here().isPresent());
  }

  /** Its lockspace in the directory that it was asked about, if it has joined that. */
  default Optional<DaemonSpace> here() {
    return said().flatMap(DaemonFacts::here);
  }

  /** W in seconds, as this host reckons with it. */
  default int fireTimeout() {
    return said().map(facts -> facts.watchdog().fireTimeout()).orElse(DaemonWatchdog.USUAL);
  }
}
