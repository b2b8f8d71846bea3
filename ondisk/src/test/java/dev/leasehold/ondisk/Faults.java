// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a check said. */
final class Faults {
  private Faults() {}

  /** The code of the check's fault, or OK. */
  static ErrorCode of(Check check) {
    try {
      check.run();
      return ErrorCode.OK;
    } catch (LeaseException e) {
      assertThat(e.getMessage()).contains(e.code().name(), Integer.toString(e.code().number()));
      return e.code();
    }
  }

  static Optional<String> detail(Check check) {
    try {
      check.run();
      return Optional.empty();
    } catch (LeaseException e) {
      return Optional.of(e.detail());
    }
  }

  static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
  }

  @FunctionalInterface
  interface Check {
    void run() throws LeaseException;
  }
}
