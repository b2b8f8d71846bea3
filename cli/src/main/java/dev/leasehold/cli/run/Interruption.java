// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.Failure;

/**
 * What becomes of signals: before the command is started they call the run off, afterwards they are
 * passed on to the command. Thread-safe.
 */
final class Interruption {
  /** Takes a signal's number. */
  @FunctionalInterface
  interface Receiver {
    void receive(int signal);
  }

  private int first;
  private Runnable abort = () -> {};
  private Receiver command = signal -> {};
  private boolean started;

  /** A signal has come. */
  void signal(int number) {
    Runnable action;
    synchronized (this) {
      if (first == 0) {
        first = number;
      }
      Receiver receiver = command;
      action = started ? () -> receiver.receive(number) : abort;
    }
    action.run();
  }

  /** From now on a signal calls off what is under way like this. */
  void abortWith(Runnable action) throws Interrupted {
    synchronized (this) {
      abort = action;
    }
    check();
  }

  /** Ends the run if a signal has come. */
  synchronized void check() throws Interrupted {
    if (first != 0 && !started) {
      throw new Interrupted(first);
    }
  }

  /** Starts something, unless a signal came first. */
  @FunctionalInterface
  interface Start {
    void start() throws Failure;
  }

  /** Starts the command; from now on signals go to {@code receiver}. */
  synchronized void start(Start start, Receiver receiver) throws Failure, Interrupted {
    check();
    command = receiver;
    started = true;
    start.start();
  }
}
