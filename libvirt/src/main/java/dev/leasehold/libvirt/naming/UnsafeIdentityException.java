// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import java.io.Serial;

/**
 * A disk cannot be identified in the way that {@code lease_identity} asks for so that every host
 * comes to the same answer. The message says why and what to do.
 */
public final class UnsafeIdentityException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** With the message. */
  public UnsafeIdentityException(String message) {
    super(message);
  }
}
