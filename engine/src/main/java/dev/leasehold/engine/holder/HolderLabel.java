// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import java.util.Optional;
import java.util.UUID;

/**
 * What a holder calls itself: for status, for messages, and for the note that other hosts read.
 *
 * @param name a guest's name, else a command; may be empty
 * @param guest whether it is a guest
 * @param guestUuid the guest's UUID, if it has one
 */
public record HolderLabel(String name, boolean guest, Optional<UUID> guestUuid) {
  /** A process that says nothing about itself. */
  public static final HolderLabel NONE = command("");

  /** A process that is no guest. */
  public static HolderLabel command(String command) {
    return new HolderLabel(command, false, Optional.empty());
  }

  /** A virtual machine. */
  public static HolderLabel guest(String name, Optional<UUID> uuid) {
    return new HolderLabel(name, true, uuid);
  }

  /** For example {@code guest web1}; empty if it has no name. */
  public String inWords() {
    return guest && !name.isEmpty() ? "guest " + name : name;
  }
}
