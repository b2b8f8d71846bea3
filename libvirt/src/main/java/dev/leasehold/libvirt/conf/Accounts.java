// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.OptionalInt;

/** The users and groups of this host. */
public interface Accounts {
  /** The id of a user, empty if there is none of that name. */
  OptionalInt user(String name);

  /** The id of a group, empty if there is none of that name. */
  OptionalInt group(String name);
}
