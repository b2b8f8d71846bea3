// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.local.OwnerName;
import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** An engine of this command alone, for a host whose daemon is not running or has not joined. */
final class OwnEngine {
  private static final String NO_LOCKSPACE =
      "It has no lockspace, the file "
          + LeaseholdConfig.LOCKSPACE
          + ", which the daemon makes when it starts. If no host uses this directory any more, its"
          + " leases may be removed like any other files.";

  private static final Name LOCKSPACE = Name.of(LeaseholdConfig.LOCKSPACE);

  private OwnEngine() {}

  /**
   * Joins the lockspace of a directory; takes two io timeouts.
   *
   * @param hostId empty: one that is free
   * @param ioTimeout seconds
   * @param watchdogFire W of the hosts that use the directory, in seconds
   */
  static LeaseManager joined(
      String directory, OptionalLong hostId, int ioTimeout, int watchdogFire, Terminal terminal)
      throws Failure {
    String path = directory + "/" + LeaseholdConfig.LOCKSPACE;
    LeaseManager manager = HostPorts.engine(config(ioTimeout, watchdogFire));
    JoinOptions options = JoinOptions.DEFAULT.withIoTimeout(ioTimeout);
    terminal.progress(
        "no daemon has joined " + directory + ": joining it, " + 2 * ioTimeout + " s");
    try {
      if (hostId.isPresent()) {
        manager.addLockspace(new LockspaceSpec(LOCKSPACE, hostId.getAsLong(), path, 0), options);
      } else {
        manager.addLockspace(LOCKSPACE, path, 0, AutoHostId.ANY, options);
      }
      return manager;
    } catch (LeaseException e) {
      manager.close();
      throw failed(directory, path, hostId, e);
    } finally {
      terminal.endProgress();
    }
  }

  /** It ends no process, so its grace period counts for nothing. */
  static EngineConfig config(int ioTimeout, int watchdogFire) {
    return EngineConfig.of(Name.of(OwnerName.unique()))
        .withIoTimeout(ioTimeout)
        .withWatchdog(watchdogFire, 0)
        .withHolderNotes(false);
  }

  private static String words(String path, LeaseException e) {
    // Faults of the storage name the file and say what to do themselves.
    return e.detail().startsWith(path)
        ? Printable.lines(e.detail())
        : Faults.words(Printable.line(path), e.code(), e.detail());
  }

  private static Failure failed(
      String directory, String path, OptionalLong hostId, LeaseException e) {
    String more =
        e.code() == ErrorCode.HOSTID_BUSY && hostId.isPresent()
            ? "\nHost id "
                + hostId.getAsLong()
                + " is in use: if by this host's daemon, look why its socket does not answer; else"
                + " give this host another one, or \"auto\"."
            : "";
    return new Failure(
        ExitCode.JOIN_FAILED,
        "lease directory "
            + Printable.line(directory)
            + " cannot be joined, so no lease can be taken and nothing was removed\n"
            + (Files.notExists(Path.of(path)) ? NO_LOCKSPACE : words(path, e))
            + more,
        e);
  }
}
