// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import java.io.Serial;

/** A guest did not get what it wanted; the message says why and, where it can be, what to do. */
public final class LeaseFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** How libvirt is to classify it. */
  public enum Kind {
    /** Somebody else has it. */
    BUSY,
    /** It cannot be had as things are set up, or not at the moment. */
    UNAVAILABLE
  }

  private final Kind kind;

  /** A failure in words. */
  public LeaseFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A failure with what led to it. */
  public LeaseFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static LeaseFailure unavailable(String message) {
    return new LeaseFailure(Kind.UNAVAILABLE, message);
  }

  /** How libvirt is to classify it. */
  public Kind kind() {
    return kind;
  }

  /** The message. */
  public String words() {
    return String.valueOf(getMessage());
  }
}
