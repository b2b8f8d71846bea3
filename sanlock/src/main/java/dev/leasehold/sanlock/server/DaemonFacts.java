// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What STATUS says of the daemon beside what the engine knows (docs/spec/wire.md 4.21). Numbers are
 * those of the options and configuration keys of the same name.
 *
 * @param debugCommands bits of the commands that are logged
 * @param uid of the daemon
 * @param gid of the daemon
 * @param maxSectorsKb the wanted size, if {@code ignore} and {@code align} are not set
 * @param helperPid process that sends signals: the daemon's own pid where it has no helper
 * @param more words behind those of the original, without spaces
 */
public record DaemonFacts(
    boolean useWatchdog,
    int highPriority,
    int mlockLevel,
    boolean quietFail,
    boolean debugRenew,
    boolean debugClients,
    long debugCommands,
    int gid,
    int uid,
    boolean maxSectorsKbIgnore,
    boolean maxSectorsKbAlign,
    int maxSectorsKb,
    int maxWorkerThreads,
    boolean useAio,
    int helperPid,
    Map<String, String> more) {

  private static final long DEFAULT_DEBUG_COMMANDS = 0xfffffffffe06ffffL;

  /** Copies the map, keeping its order. */
  public DaemonFacts {
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
  }

  /** The defaults of the original. */
  public static DaemonFacts defaults(boolean useWatchdog, int uid, int gid, int pid) {
    return new DaemonFacts(
        useWatchdog,
        0,
        1,
        true,
        false,
        false,
        DEFAULT_DEBUG_COMMANDS,
        gid,
        uid,
        false,
        false,
        1024,
        8,
        true,
        pid,
        Map.of());
  }
}
