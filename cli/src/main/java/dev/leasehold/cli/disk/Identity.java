// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

/** What makes two names the same disk. */
public enum Identity {
  /** The absolute path as it is written, which is what libvirt's plugin and C hosts go by. */
  PATH,
  /** The path with every symbolic link resolved. */
  CANONICAL
}
