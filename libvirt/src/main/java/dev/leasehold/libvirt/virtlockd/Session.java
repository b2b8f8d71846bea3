// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import dev.leasehold.libvirt.disklease.Asks;
import dev.leasehold.libvirt.disklease.Guest;
import java.util.Optional;

/** What one connection has said about itself. One thread. */
final class Session {
  private Optional<Guest> guest = Optional.empty();
  private boolean restricted;
  private Asks asks = new Asks();

  /** For whom its calls are. */
  Optional<Guest> guest() {
    return guest;
  }

  /** The last registration counts. */
  void register(Guest owner) {
    guest = Optional.of(owner);
    asks = new Asks();
  }

  /** What it has asked for since it last gave something up. */
  Asks asks() {
    return asks;
  }

  /** It gives something up: what follows is another matter. */
  void givesUp() {
    asks = new Asks();
  }

  /** Whether it takes no further call. */
  boolean restricted() {
    return restricted;
  }

  /** From now on it takes no call. */
  void restrict() {
    restricted = true;
  }
}
