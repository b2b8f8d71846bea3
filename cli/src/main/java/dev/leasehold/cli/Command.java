// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.UsageException;

/** One subcommand. Registered in {@link Main}. */
public interface Command {

  /** What it is called and what it takes; its help is made from this. */
  CommandSpec spec();

  /**
   * Does it.
   *
   * @param arguments checked against {@link #spec}
   * @param terminal where to write
   * @return the exit code: an {@link ExitCode#number}, or that of a command that was run
   * @throws UsageException if an argument is not one that is accepted
   * @throws Failure if it cannot be done
   */
  int run(Arguments arguments, Terminal terminal) throws UsageException, Failure;
}
