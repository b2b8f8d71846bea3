// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.ErrorCode;
import java.util.Optional;

/** What the table says to one resource of an acquire command, before any I/O (3.7). */
sealed interface Place {
  /** Not known here: to be acquired on the disk. */
  record Fresh(Token token) implements Place {}

  /** Held, or being acquired by this very command, in a way that admits one more token. */
  record Joined(Token token) implements Place {}

  /** Was an orphan. */
  record Adopted(Token token) implements Place {}

  /** This very holder has it, and asking again is allowed. */
  record Again(Token token) implements Place {}

  /**
   * No.
   *
   * @param holder one of those that stand in the way
   */
  record Refused(ErrorCode code, String detail, Optional<Token> holder) implements Place {}
}
