// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

/** Bytes that are not what the protocol says they should be. */
public final class XdrFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was found. */
  public XdrFault(String message) {
    super(message, null, false, false);
  }
}
