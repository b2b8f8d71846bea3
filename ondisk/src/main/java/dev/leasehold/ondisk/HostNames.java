// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.util.HexFormat;
import java.util.Optional;

/**
 * Host names for people. A delta record is mostly signed with a name that nobody has twice. Daemons
 * have something random, a dot and as much of the host's name as fits: sanlock's a UUID
 * (docs/spec/ondisk.md 4.1), ours 16 digits. A {@code leasehold run} has its host's name, a dot and
 * 12 random digits. What is random tells people nothing. Never compare what these methods return:
 * two hosts, or two starts of one, may have the same.
 */
public final class HostNames {
  private static final String UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  private static final String OURS = "xxxxxxxxxxxxxxxx";
  private static final String RUN = "xxxxxxxxxxxx";

  private HostNames() {}

  /** A name from a delta record or a note without what is random in it. */
  public static String shown(String name) {
    return host(name).orElse(name);
  }

  /** A name from a delta record without what is random in it. */
  public static String shown(Name name) {
    return shown(name.toString());
  }

  /**
   * What tells people most of a host: the name that somebody gave it in its configuration, else the
   * one in its note, which is not cut, else what its delta record has left of it.
   *
   * @param signed its name in the delta record, if that is known
   * @param noted its name in its note, if that is known
   */
  public static Optional<String> best(Optional<String> signed, Optional<String> noted) {
    Optional<String> given = signed.filter(name -> !name.isEmpty());
    return given
        .filter(HostNames::isGiven)
        .or(() -> noted.filter(name -> !name.isEmpty()).map(HostNames::shown))
        .or(() -> given.map(HostNames::shown));
  }

  /** Whether people gave it: a bare UUID, such as VDSM signs with, tells them nothing either. */
  private static boolean isGiven(String name) {
    return host(name).isEmpty() && !isRandom(name, UUID) && !isRandom(name, UUID + ".");
  }

  /** The host's part of a name that has a random one too. */
  private static Optional<String> host(String name) {
    int first = name.indexOf('.');
    int last = name.lastIndexOf('.');
    if (first > 0 && first < name.length() - 1) {
      String start = name.substring(0, first);
      if (isRandom(start, UUID) || isRandom(start, OURS)) {
        return Optional.of(name.substring(first + 1));
      }
    }
    return last > 0 && isRandom(name.substring(last + 1), RUN)
        ? Optional.of(name.substring(0, last))
        : Optional.empty();
  }

  /** Whether it is of the pattern, in which x stands for a hexadecimal digit. */
  private static boolean isRandom(String text, String pattern) {
    boolean fits = text.length() == pattern.length();
    for (int i = 0; fits && i < pattern.length(); i++) {
      char c = text.charAt(i);
      char wanted = pattern.charAt(i);
      fits = wanted == 'x' ? HexFormat.isHexDigit(c) : c == wanted;
    }
    return fits;
  }
}
