// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.WatchdogFire;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.libvirt.cleanup.Claims;
import dev.leasehold.libvirt.cleanup.Cleaner;
import dev.leasehold.libvirt.cleanup.CleanupOptions;
import dev.leasehold.libvirt.cleanup.CleanupReport;
import dev.leasehold.libvirt.cleanup.EngineClaims;
import dev.leasehold.libvirt.cleanup.KnownDisks;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * One cleanup: through the daemon of this host if it has joined the lockspace of the directory,
 * since its host id is in use; else with an engine of its own.
 */
final class CleanupRun {
  /** The C daemon has eight threads for acquisitions; ours has no such limit. */
  private static final int DAEMON_WIDTH = 16;

  private final LeaseholdConfig config;
  private final int watchdogFire;
  private final CleanupOptions options;
  private final int ioTimeout;
  private final Terminal terminal;

  CleanupRun(ConfigFiles files, CleanupOptions options, int ioTimeout, Terminal terminal)
      throws Failure {
    this.config = files.config();
    this.watchdogFire = WatchdogFire.of(files);
    this.options = options;
    this.ioTimeout = ioTimeout;
    this.terminal = terminal;
  }

  CleanupReport run() throws Failure {
    Cleaner cleaner =
        new Cleaner(
            options,
            HostPorts.storage(),
            KnownDisks.ofThisHost(),
            Duration.ofSeconds(ioTimeout),
            Clock.systemUTC());
    int candidates;
    try {
      candidates = cleaner.survey();
    } catch (StorageException e) {
      throw Faults.of(e);
    }
    if (candidates > 0) {
      remove(cleaner, candidates);
    }
    terminal.endProgress();
    return cleaner.report();
  }

  private void remove(Cleaner cleaner, int candidates) throws Failure {
    SanlockClient client = DaemonClaims.client(config);
    OptionalLong hostId = DaemonClaims.joined(client, options.directory());
    if (hostId.isPresent()) {
      try (Claims claims =
          DaemonClaims.open(client, options.directory(), hostId.getAsLong(), DAEMON_WIDTH)) {
        cleaner.remove(claims, done -> show(done, candidates));
      } catch (IOException e) {
        throw new Failure(
            ExitCode.IO_ERROR, "the daemon of this host does not answer: " + e.getMessage(), e);
      }
    } else {
      withOwnEngine(cleaner, candidates);
    }
  }

  private void withOwnEngine(Cleaner cleaner, int candidates) throws Failure {
    OptionalLong hostId =
        config.hostId().isPresent()
            ? OptionalLong.of(config.hostId().getAsInt())
            : OptionalLong.empty();
    try (LeaseManager manager =
            OwnEngine.joined(options.directory(), hostId, ioTimeout, watchdogFire, terminal);
        Claims claims = new EngineClaims(manager, options.directory(), options.width())) {
      cleaner.remove(claims, done -> show(done, candidates));
    } catch (LeaseException e) {
      throw Faults.of(options.directory(), e);
    }
  }

  private void show(int done, int all) {
    if (!terminal.showsProgress()) {
      return;
    }
    int width = 30;
    int filled = (int) ((long) width * done / all);
    terminal.progress(
        "cleanup ["
            + "#".repeat(filled)
            + ".".repeat(width - filled)
            + "] "
            + done
            + " of "
            + all
            + " leases");
  }
}
