// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.log;

/** Where lines go. Called by one thread, which it may block. */
@FunctionalInterface
public interface LogSink {

  /** Writes a line; what cannot be written is lost. */
  void write(LogLine line);
}
