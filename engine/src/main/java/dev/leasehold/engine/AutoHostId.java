// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import java.util.OptionalLong;

/**
 * How a host id is to be found.
 *
 * @param preferred the id that this host had last, if known: taken if it is free
 * @param highest the highest id to consider, if it is to be bounded (a lease made for few hosts
 *     refuses higher ids)
 */
public record AutoHostId(OptionalLong preferred, OptionalLong highest) {

  /** Any free id. */
  public static final AutoHostId ANY = new AutoHostId(OptionalLong.empty(), OptionalLong.empty());

  /** The id this host had last, else any. */
  public static AutoHostId preferring(long hostId) {
    return new AutoHostId(OptionalLong.of(hostId), OptionalLong.empty());
  }
}
