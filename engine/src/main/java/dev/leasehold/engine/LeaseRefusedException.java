// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.LeaseException;

/** A lease was refused; {@link #refusal} says by whom it is held, where that is known. */
public final class LeaseRefusedException extends LeaseException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** From what an acquire answered. */
  public LeaseRefusedException(Refusal refusal) {
    super(refusal.code(), refusal.message());
    this.refusal = refusal;
  }

  /** Why, and the culprit. */
  public Refusal refusal() {
    return refusal;
  }
}
