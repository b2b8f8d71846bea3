// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the environment variables of the original say (docs/spec/algorithms.md 7.3).
 *
 * @param runDirectory of the lock file and the socket
 * @param privileged whether limits are raised and the user is changed
 * @param variables all of them
 */
public record Environment(Path runDirectory, boolean privileged, Map<String, String> variables) {
  private static final String DEFAULT_RUN_DIRECTORY = "/run/sanlock";

  /** Copies the map. */
  public Environment {
    variables = Map.copyOf(variables);
  }

  /** Of {@code System.getenv()}, or a test's. */
  public static Environment of(Map<String, String> variables) {
    String directory = variables.getOrDefault("SANLOCK_RUN_DIR", DEFAULT_RUN_DIRECTORY);
    return new Environment(
        Path.of(directory).toAbsolutePath(),
        variables.getOrDefault("SANLOCK_PRIVILEGED", "1").equals("1"),
        variables);
  }

  /** Whether standard error is the journal of systemd. */
  public boolean logsToJournal() {
    return variables.containsKey("JOURNAL_STREAM");
  }
}
