// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.WireState;

/** The record of the daemon itself, word for word in the original's order (wire.md 4.21). */
final class DaemonState {
  private DaemonState() {}

  static WireState of(EngineConfig config, DaemonSide daemon) {
    DaemonFacts facts = daemon.facts();
    long now = daemon.monotonicSeconds();
    Words words = new Words().add("our_host_name", config.hostName().toString());
    options(words, facts, config);
    words
        .add("helper_pid", facts.helperPid())
        .add("helper_kill_fd", -1)
        .add("helper_full_count", 0)
        .add("helper_last_status", now)
        .add("monotime", now)
        .add("version_str", "3.8.5")
        .add("version_num", "3.8.5")
        .add("version_hex", String.format("%08x", SessionCommands.VERSION))
        .add("smproto_hex", String.format("%08x", Header.VERSION))
        .all(facts.more());
    return WireState.of(WireState.DAEMON, 0, 0, config.hostName(), words.toString());
  }

  private static void options(Words words, DaemonFacts facts, EngineConfig config) {
    words
        .add("use_watchdog", facts.useWatchdog())
        .add("high_priority", facts.highPriority())
        .add("mlock_level", facts.mlockLevel())
        .add("quiet_fail", facts.quietFail())
        .add("debug_renew", facts.debugRenew())
        .add("debug_clients", facts.debugClients())
        .add("debug_cmds", "0x" + Long.toHexString(facts.debugCommands()))
        .add("renewal_history_size", config.renewalHistorySize())
        .add("gid", facts.gid())
        .add("uid", facts.uid())
        .add("sh_retries", config.sharedRetries())
        .add("max_sectors_kb_ignore", facts.maxSectorsKbIgnore())
        .add("max_sectors_kb_align", facts.maxSectorsKbAlign())
        .add("max_sectors_kb_num", facts.maxSectorsKb())
        .add("max_worker_threads", facts.maxWorkerThreads())
        .add("write_init_io_timeout", config.formatIoTimeout())
        .add("use_aio", facts.useAio())
        .add("kill_grace_seconds", config.gracePeriod());
  }
}
