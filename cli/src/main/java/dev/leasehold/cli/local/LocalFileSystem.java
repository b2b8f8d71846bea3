// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** File systems about which the kernel of this machine knows everything. */
public final class LocalFileSystem {
  /**
   * Those whose direct writes cannot be left behind by a killed process: its last thread waits for
   * the block device. NFS, CIFS, Ceph and FUSE let a killed process go while the server still has
   * its write (docs/decisions/0005-run-hosts-and-local-journal.md). GFS2 and OCFS2 are mounted by
   * several hosts: a journal there would be taken for one of this machine's own.
   */
  private static final Set<String> TYPES =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "bcachefs", "tmpfs");

  private LocalFileSystem() {}

  /** Whether the file lies on such a file system; false when in doubt. */
  public static boolean contains(Path file) {
    return isLocal(type(file));
  }

  static boolean isLocal(String type) {
    return TYPES.contains(type);
  }

  /** The name of the type, as in /proc/mounts; "unknown" if it cannot be found out. */
  public static String type(Path file) {
    try {
      return Files.getFileStore(file).type();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
