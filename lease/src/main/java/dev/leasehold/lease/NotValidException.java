// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.ondisk.LeaseException;

/**
 * Our host lease is not good any more: nothing at all may be written, not even to undo something.
 * The sectors of our host id may belong to another host by now.
 */
final class NotValidException extends LeaseException {
  private static final long serialVersionUID = 1L;

  NotValidException(LeaseException cause) {
    super(cause.code(), cause.detail(), cause);
  }

  /** Makes the refusals of a check recognisable. */
  static ValidityCheck marking(ValidityCheck check) {
    return () -> {
      try {
        check.ensureValid();
      } catch (LeaseException e) {
        throw new NotValidException(e);
      }
    };
  }
}
