// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.HostRecords;
import dev.leasehold.cli.local.Journal;
import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.linux.process.LinuxProcesses;

/** The real world, as all commands of this process share it. */
public final class HostPorts {
  private HostPorts() {}

  private static final LinuxPorts PORTS = new LinuxPorts(HostPorts::report, Privileges.asWeAre());

  /** Files and devices. */
  public static LinuxStorage storage() {
    return PORTS.storage();
  }

  /** The clocks. */
  public static LinuxClock clock() {
    return PORTS.clock();
  }

  /** Processes. */
  public static LinuxProcesses processes() {
    return PORTS.processes();
  }

  /** The records of this machine's runs in a lease directory. */
  public static HostRecords records(LeaseDirectory directory, Journal journal) {
    return new HostRecords(directory, journal, processes().bootId(), storage(), clock());
  }

  /** Starts an engine on these ports. */
  public static LeaseManager engine(EngineConfig config) {
    return PORTS.engine(config, new NoWatchdog());
  }

  /** A task that ends by an exception is a fault of leasehold: nobody may miss it. */
  private static void report(String task, Throwable failure) {
    Terminal.ofProcess().say("internal error in the task " + task + ": " + failure);
    if (System.getenv("LEASEHOLD_DEBUG") != null) {
      failure.printStackTrace();
    }
  }
}
