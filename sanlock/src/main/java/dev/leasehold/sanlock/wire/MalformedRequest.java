// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.ErrorCode;
import java.util.Optional;

/** A body that cannot be read to its end, because it says something impossible. */
public final class MalformedRequest extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final long unread;
  private final transient Optional<WireResource> resource;

  /**
   * @param code what the client is told
   * @param unread bytes that are still to come, as far as the stated length can be believed
   * @param resource what was read, where the reply echoes it
   */
  MalformedRequest(ErrorCode code, String message, long unread, Optional<WireResource> resource) {
    super(message);
    this.code = code;
    this.unread = Math.max(0, unread);
    this.resource = resource;
  }

  /** What the client is told. */
  public ErrorCode code() {
    return code;
  }

  /** Bytes that are still to come, to be dropped before the next header is read. */
  public long unread() {
    return unread;
  }

  /** The resource that is wrong, without its disks. */
  public Optional<WireResource> resource() {
    return resource;
  }
}
