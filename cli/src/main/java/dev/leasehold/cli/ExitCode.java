// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

/**
 * The exit codes of {@code leasehold} itself, after sysexits.h where that has one. A command that
 * ran to its end gives its own code instead. The list for users is in docs/cli.md.
 */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** {@code who}: nobody holds the disk. */
  NOT_HELD(1),
  /** The command line is wrong. */
  USAGE(64),
  /** A lease file or lockspace holds something else than it should. */
  BAD_DATA(65),
  /** A file or directory that was named does not exist. */
  NO_INPUT(66),
  /** No JDK 25 was found, or nothing is built (said by the launcher). */
  UNAVAILABLE(69),
  /** A fault of leasehold itself. */
  INTERNAL(70),
  /** A file or directory could not be made. */
  CANNOT_CREATE(73),
  /** The storage failed or did not answer in time. */
  IO_ERROR(74),
  /** A lease is held by somebody else; it may be free later. */
  LEASE_BUSY(75),
  /** The lockspace could not be joined. */
  JOIN_FAILED(76),
  /** A file may not be accessed. */
  NO_PERMISSION(77),
  /** The set-up is wrong: lease directory, host id, environment. */
  BAD_CONFIGURATION(78),
  /** The leases were lost and the command was ended for that. */
  LEASE_LOST(79),
  /** {@code verify-storage}: leases are not safe on this storage. */
  UNSAFE_STORAGE(80),
  /** The command was found but could not be started, as shells have it. */
  CANNOT_EXECUTE(126),
  /** The command was not found, as shells have it. */
  COMMAND_NOT_FOUND(127);

  /** What is added to the number of the signal that ended a command, as shells have it. */
  public static final int SIGNALLED = 128;

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** What the process exits with. */
  public int number() {
    return number;
  }
}
