// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

import dev.leasehold.cli.Printable;

/**
 * A directory with a lockspace and a lease for every disk in it.
 *
 * @param path absolute
 * @param origin why it is this one
 */
public record LeaseDirectory(String path, Origin origin) {
  /** Why a command uses a directory. */
  public enum Origin {
    /** The command line names it. */
    NAMED,
    /** None is named: this user's own on this machine. */
    DEFAULT,
    /** None is named, and this host's daemon is configured to use it. */
    DAEMON
  }

  /** Name of the lockspace and of its file, as libvirt's plugin has it. */
  public static final String LOCKSPACE = "__LIBVIRT__DISKS__";

  private static final int NAME_LENGTH = 32;

  /** One that is named, or the user's own. */
  public LeaseDirectory(String path, boolean isDefault) {
    this(path, isDefault ? Origin.DEFAULT : Origin.NAMED);
  }

  /** Whether it is this user's own on this machine, which is used when none is named. */
  public boolean isDefault() {
    return origin == Origin.DEFAULT;
  }

  /** Where the lockspace is. */
  public String lockspacePath() {
    return path + "/" + LOCKSPACE;
  }

  /** Where the lease of that name is. */
  public String leasePath(String leaseName) {
    return path + "/" + leaseName;
  }

  /** Whether a file of this name in the directory is the lease of a disk. */
  public static boolean isLeaseName(String file) {
    return file.length() == NAME_LENGTH
        && file.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The path, safe to show. */
  public String shown() {
    return Printable.line(path);
  }
}
