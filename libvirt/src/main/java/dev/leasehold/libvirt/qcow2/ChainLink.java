// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

/** Something below the top image. */
public sealed interface ChainLink {

  /** A file or device that the guest only reads; its path as the overlay leads to it. */
  record Backing(String path) implements ChainLink {}

  /** A file or device with the data of the top image, which the guest writes to. */
  record Data(String path) implements ChainLink {}

  /**
   * Backing storage that is no file of this host (NBD, RBD, HTTP …): no lease is possible, and what
   * is below it is not looked at.
   */
  record Remote(String name) implements ChainLink {}
}
