// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

/** Where an administrator reads what happens. Thread-safe. */
@FunctionalInterface
public interface Log {
  /** Says one line. */
  void say(System.Logger.Level level, String line);

  /** Something to look at. */
  default void warn(String line) {
    say(System.Logger.Level.WARNING, line);
  }

  /** Something that happened. */
  default void info(String line) {
    say(System.Logger.Level.INFO, line);
  }

  /** Something for who looks for a fault. */
  default void debug(String line) {
    say(System.Logger.Level.DEBUG, line);
  }
}
