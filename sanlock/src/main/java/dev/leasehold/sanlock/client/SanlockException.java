// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.sanlock.wire.Command;
import java.util.Optional;

/** The daemon said no. */
public final class SanlockException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Command command;
  private final int number;

  SanlockException(Command command, int number) {
    super(words(command, number));
    this.command = command;
    this.number = number;
  }

  private static String words(Command command, int number) {
    String sentence =
        ErrorCode.ofNumber(number)
            .map(code -> code.sentence() + " " + code.remedy() + " (" + code + ", " + number + ")")
            .orElse("Result " + number + ".");
    return "sanlock " + command + ": " + sentence;
  }

  /** What was asked. */
  public Command command() {
    return command;
  }

  /** The result, negative: a negated errno, or one of sanlock's own below -200. */
  public int number() {
    return number;
  }

  /** The result as one of the known codes. */
  public Optional<ErrorCode> code() {
    return ErrorCode.ofNumber(number);
  }

  /** Whether it is this code. */
  public boolean is(ErrorCode code) {
    return number == code.number();
  }
}
