// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

/**
 * What statx tells about a file.
 *
 * @param mode type and permission bits
 * @param links number of names
 * @param device device that holds the file, major and minor in one number
 * @param inode number of the file on that device
 * @param size bytes
 * @param directAlign what direct I/O must be a multiple of, in bytes; 0 where the file does none;
 *     {@link #UNKNOWN} where kernel or file system do not tell
 */
public record FileStatus(
    int mode, long links, long device, long inode, long size, long directAlign) {

  /** Value of {@link #directAlign} where nobody tells. */
  public static final long UNKNOWN = -1;

  private static final int TYPE = 0xF000;

  /** S_ISREG. */
  public boolean isRegularFile() {
    return (mode & TYPE) == 0x8000;
  }

  /** S_ISBLK. */
  public boolean isBlockDevice() {
    return (mode & TYPE) == 0x6000;
  }

  /** S_ISDIR. */
  public boolean isDirectory() {
    return (mode & TYPE) == 0x4000;
  }

  /** Whether both are the very same file. */
  public boolean sameFile(FileStatus other) {
    return device == other.device && inode == other.inode;
  }
}
