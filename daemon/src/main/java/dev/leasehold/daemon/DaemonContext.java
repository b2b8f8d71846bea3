// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.Account;
import dev.leasehold.linux.socket.UnixSockets;

/**
 * What a door finds in the daemon.
 *
 * @param options what the daemon was told
 * @param environment where it runs
 * @param account as whom it acts: owner and group of sockets
 * @param manager the engine
 * @param ports the outside world
 * @param watchdog what resets this host
 * @param sockets makes local sockets
 * @param log the daemon's log
 * @param events what has happened
 * @param end ends the daemon: to be called when the engine has been shut down
 */
public record DaemonContext(
    DaemonOptions options,
    Environment environment,
    Account account,
    LeaseManager manager,
    LinuxPorts ports,
    Watchdog watchdog,
    UnixSockets sockets,
    DaemonLog log,
    EventLog events,
    Runnable end) {}
