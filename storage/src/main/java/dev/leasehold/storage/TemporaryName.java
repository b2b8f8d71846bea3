// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import java.util.Locale;

/**
 * Names of files that are being made and have not got their own name yet ({@link Storage#publish}).
 * One is left behind when its maker crashes; it is no lease file, and may be removed once its maker
 * is surely gone.
 */
public final class TemporaryName {

  private static final String PREFIX = ".leasehold-";
  private static final String SUFFIX = ".tmp";

  private TemporaryName() {}

  /**
   * A name, without directory.
   *
   * @param random makes it unlike all others
   */
  public static String of(long random) {
    return PREFIX + String.format(Locale.ROOT, "%016x", random) + SUFFIX;
  }

  /** Whether an entry of a directory has such a name. */
  public static boolean is(String name) {
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }
}
