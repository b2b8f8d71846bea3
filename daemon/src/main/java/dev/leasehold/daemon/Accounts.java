// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.linux.Account;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** As whom the daemon acts: user and group {@code sanlock} if both exist, else root. */
final class Accounts {
  private static final String DEFAULT = "sanlock";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private Accounts() {}

  /**
   * The account of the options.
   *
   * @throws IOException if there is none of a name that was given
   */
  static Account of(DaemonOptions options) throws IOException {
    Account account = byDefault();
    if (options.user().isPresent()) {
      account = user(options.user().get()).withGid(account.gid());
    }
    if (options.group().isPresent()) {
      account = account.withGid(group(options.group().get()));
    }
    return account;
  }

  private static Account byDefault() {
    Optional<Account> user = Account.ofUser(DEFAULT);
    OptionalInt group = Account.group(DEFAULT);
    return user.isPresent() && group.isPresent()
        ? user.get().withGid(group.getAsInt())
        : Account.ROOT;
  }

  private static Account user(String name) throws IOException {
    if (NUMBER.matcher(name).matches()) {
      return new Account(name, Integer.parseInt(name), Account.ROOT.gid());
    }
    return Account.ofUser(name)
        .orElseThrow(() -> new IOException("there is no user " + name + " (-U, uname)"));
  }

  private static int group(String name) throws IOException {
    if (NUMBER.matcher(name).matches()) {
      return Integer.parseInt(name);
    }
    OptionalInt group = Account.group(name);
    if (group.isEmpty()) {
      throw new IOException("there is no group " + name + " (-G, gname)");
    }
    return group.getAsInt();
  }
}
