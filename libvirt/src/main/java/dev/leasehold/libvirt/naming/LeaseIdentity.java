// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

/** What makes two paths one disk. */
public enum LeaseIdentity {
  /** The path as it is written, which is what libvirt's plugin and C hosts go by. */
  PATH,
  /** Also the path with every symbolic link resolved. */
  CANONICAL,
  /** Also the device's world-wide name or LVM UUID, or the file's file system and inode. */
  DEVICE
}
