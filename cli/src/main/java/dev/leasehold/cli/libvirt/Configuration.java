// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.Option;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.SystemAccounts;
import java.nio.file.Path;
import java.util.Optional;

/** The configuration that a command line means. */
final class Configuration {
  static final Option CONFIG =
      Option.value(
          "config",
          "FILE",
          "In place of /etc/leasehold/leasehold.conf; what it does not set is looked up in"
              + " /etc/libvirt/qemu-sanlock.conf.");

  static final Option LEASE_DIR =
      Option.value(
          "lease-dir",
          "DIR",
          "The lease directory, in place of disk_lease_dir of the configuration.");

  private Configuration() {}

  static ConfigFiles read(Arguments arguments) throws Failure {
    return read(arguments.value(CONFIG.name()).map(Path::of));
  }

  static ConfigFiles read(Optional<Path> file) throws Failure {
    try {
      return file.isPresent()
          ? ConfigFiles.readNamed(
              file.get().toAbsolutePath(), ConfigFiles.QEMU_SANLOCK, new SystemAccounts())
          : ConfigFiles.readUsual();
    } catch (ConfException e) {
      throw new Failure(ExitCode.BAD_CONFIGURATION, e.words(), e);
    }
  }

  /** The lease directory. */
  static String directory(Arguments arguments, ConfigFiles files) {
    return arguments
        .value(LEASE_DIR.name())
        .map(path -> Path.of(path).toAbsolutePath().toString())
        .orElse(files.config().diskLeaseDir());
  }
}
