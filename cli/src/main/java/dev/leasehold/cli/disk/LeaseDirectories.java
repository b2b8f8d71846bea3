// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.local.OwnDirectory;
import dev.leasehold.cli.local.StateDirectory;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the lease directory that a command line means. */
public final class LeaseDirectories {
  /** The option that every command with a lease directory has. */
  public static final Option OPTION =
      Option.value(
          "lease-dir",
          "DIR",
          "The directory with the leases, on storage that all hosts share. Without this option:"
              + " ~/.local/state/leasehold/leases (root: /var/lib/leasehold/leases), which protects"
              + " on this machine only.");

  /** The same for commands that only look. */
  public static final Option LOOK_OPTION =
      Option.value(
          OPTION.name(),
          "DIR",
          "The directory with the leases. Without this option: for root, on a host whose daemon is"
              + " configured, disk_lease_dir of /etc/leasehold/leasehold.conf or"
              + " /etc/libvirt/qemu-sanlock.conf (/var/lib/libvirt/sanlock if neither sets it);"
              + " else ~/.local/state/leasehold/leases (root: /var/lib/leasehold/leases), where"
              + " \"leasehold run\" has its leases.");

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;

  private LeaseDirectories() {}

  /** The directory that the arguments name, or the default; nothing is looked at or made. */
  public static LeaseDirectory named(Arguments arguments) throws UsageException {
    Optional<String> option = arguments.value(OPTION.name());
    if (option.isEmpty()) {
      return new LeaseDirectory(StateDirectory.path().resolve("leases").toString(), true);
    }
    String path = option.get();
    if (path.isEmpty() || path.codePoints().anyMatch(Character::isISOControl)) {
      throw new UsageException(
          "--lease-dir \"" + Printable.line(path) + "\" is no path of a directory");
    }
    return new LeaseDirectory(Path.of(path).toAbsolutePath().toString(), false);
  }

  /**
   * The directory to look at: the one that is named, or that of this host's daemon, or the user's
   * own. A daemon counts as configured if one of its files sets anything, or a lockspace is where
   * it would have one.
   *
   * @throws Failure if the daemon's configuration cannot be understood
   */
  public static LeaseDirectory lookedAt(Arguments arguments, Terminal terminal)
      throws UsageException, Failure {
    LeaseDirectory named = named(arguments);
    if (!named.isDefault() || !OwnDirectory.isRoot() || StateDirectory.isNamed()) {
      return named;
    }
    Optional<LeaseDirectory> daemons = ofDaemon();
    if (daemons.isEmpty()) {
      return named;
    }
    if (hasLockspace(named.path())) {
      terminal.say(
          "this is about the leases of this host's daemon; those of \"leasehold run\" without"
              + " --lease-dir are seen with --lease-dir "
              + named.path());
    }
    return daemons.get();
  }

  private static Optional<LeaseDirectory> ofDaemon() throws Failure {
    try {
      ConfigFiles files = ConfigFiles.readUsual();
      String path = files.config().diskLeaseDir();
      return files.setAnything() || hasLockspace(path)
          ? Optional.of(new LeaseDirectory(path, LeaseDirectory.Origin.DAEMON))
          : Optional.empty();
    } catch (ConfException e) {
      throw new Failure(
          ExitCode.BAD_CONFIGURATION,
          e.words() + "\nMend that, or name the lease directory with --lease-dir.",
          e);
    }
  }

  private static boolean hasLockspace(String directory) {
    return Files.exists(Path.of(directory, LeaseDirectory.LOCKSPACE));
  }

  /**
   * Makes the default directory if it is missing. One that was named must exist: a typing error
   * must not become a directory that nobody else uses.
   */
  public static void makeIfDefault(LeaseDirectory directory) throws Failure {
    if (directory.isDefault()) {
      OwnDirectory.make(Path.of(directory.path()));
    }
  }

  /**
   * The names of the files in it.
   *
   * @throws Failure if it does not exist, cannot be read, or the storage does not answer
   */
  public static List<String> list(LeaseDirectory directory, Storage storage) throws Failure {
    try {
      return storage.list(directory.path(), TIMEOUT);
    } catch (StorageException e) {
      throw switch (e.errno()) {
        case ENOENT ->
            new Failure(
                ExitCode.NO_INPUT,
                "lease directory "
                    + directory.shown()
                    + " does not exist\n"
                    + remedy(directory.origin()),
                e);
        case ENOTDIR ->
            new Failure(
                ExitCode.NO_INPUT,
                "lease directory " + directory.shown() + " is no directory\nCheck the path.",
                e);
        default -> Faults.of(e);
      };
    }
  }

  private static String remedy(LeaseDirectory.Origin origin) {
    return switch (origin) {
      case DEFAULT ->
          "It is made by the first \"leasehold run\"; until then nothing is held in it.";
      case NAMED ->
          "Check the path and that its file system is mounted, or make the directory on storage"
              + " that all hosts share.";
      case DAEMON ->
          "This host's daemon is configured to use it (disk_lease_dir): check that its file system"
              + " is mounted, or name another one with --lease-dir.";
    };
  }
}
