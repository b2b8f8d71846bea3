// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.AccountCalls;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A user of this host, with the group that is wanted for it.
 *
 * @param user its name
 */
public record Account(String user, int uid, int gid) {

  /** Root and its group. */
  public static final Account ROOT = new Account("root", 0, 0);

  /** Whom this process acts as, by the calling thread. */
  public static Account current() {
    return new Account("", AccountCalls.effectiveUser(), AccountCalls.effectiveGroup());
  }

  /** The user of that name, and its own group, if there is one. May ask a name service. */
  public static Optional<Account> ofUser(String name) {
    var found = AccountCalls.user(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long ids = found.getAsLong();
    return Optional.of(new Account(name, (int) ids, (int) (ids >>> 32)));
  }

  /** The group of that name, if there is one. May ask a name service. */
  public static OptionalInt group(String name) {
    var found = AccountCalls.group(name);
    return found.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) found.getAsLong());
  }

  /** The same with another group. */
  public Account withGid(int other) {
    return new Account(user, uid, other);
  }
}
