// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import java.time.Duration;

/** What happens to a call on the fake storage. */
public sealed interface Fault {
  /** It works. */
  record None() implements Fault {}

  /** It fails, without effect. */
  record Fail(int errno) implements Fault {}

  /** It takes longer. */
  record Slow(Duration time) implements Fault {}

  /** It hangs until {@link FakeStorage#unhang}; then it takes effect, or fails without. */
  record Hang(boolean lands) implements Fault {}

  /** Works. */
  Fault NONE = new None();

  /** EIO. */
  Fault EIO = new Fail(5);

  /** Hangs, and takes effect when it is let go. */
  Fault HANG = new Hang(true);

  /** Hangs, and fails without effect when it is let go. */
  Fault VANISH = new Hang(false);
}
