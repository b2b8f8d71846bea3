// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

/**
 * One thing that was looked at.
 *
 * @param level how bad it is
 * @param topic what it is about
 * @param words what was found
 * @param remedy what to do; empty where nothing is to be done
 */
public record Finding(Level level, Topic topic, String words, String remedy) {

  /** How bad. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Not as it should be: something will not work, or can be better. No disk is in danger. */
    WARNING,
    /** Two hosts could come to write to one disk. */
    UNSAFE
  }

  /** What it is about; the words are those of {@code --accept}. */
  public enum Topic {
    CONFIGURATION,
    DIRECTORY,
    SHARED,
    DIRECT_IO,
    PERMISSIONS,
    CLOCK,
    LOCKSPACE,
    HOST_ID,
    LEASES,
    WATCHDOG,
    DAEMON,
    LIBVIRT
  }

  static Finding ok(Topic topic, String words) {
    return new Finding(Level.OK, topic, words, "");
  }

  static Finding warning(Topic topic, String words, String remedy) {
    return new Finding(Level.WARNING, topic, words, remedy);
  }

  static Finding unsafe(Topic topic, String words, String remedy) {
    return new Finding(Level.UNSAFE, topic, words, remedy);
  }

  /** The same as a warning: the administrator has said that it is meant. */
  public Finding accepted() {
    return level == Level.UNSAFE
        ? new Finding(Level.WARNING, topic, words + " (accepted)", remedy)
        : this;
  }
}
