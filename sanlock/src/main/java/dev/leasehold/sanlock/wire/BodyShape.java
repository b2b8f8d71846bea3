// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/**
 * What follows the header of a request: it goes by the command, never by the stated length
 * (docs/spec/wire.md 1.4 and 3).
 */
public enum BodyShape {
  /** Nothing. */
  NONE,
  /** A lockspace. */
  LOCKSPACE,
  /** A lockspace and a host event. */
  LOCKSPACE_EVENT,
  /** A resource without its disks. */
  RESOURCE,
  /** A resource and its disks. */
  RESOURCE_DISKS,
  /** As many resources with disks as the header's data says, then options. */
  ACQUIRE,
  /** Resources without disks; how many depends on flags and data. */
  RELEASE,
  /** A path and an argument string, 128 bytes each. */
  KILLPATH,
  /** A disk. */
  DISK,
  /** A resource without its disks, and as many bytes as the stated length leaves. */
  VALUE,
  /** A resource index. */
  INDEX,
  /** A resource index and one of its entries. */
  INDEX_ENTRY
}
