// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

/** Which of its lists a resource is on (docs/spec/algorithms.md 3.7, docs/spec/wire.md 4.21). */
public enum LeaseState {
  /** Being acquired: "add". */
  ACQUIRING,
  /** Held by at least one holder. */
  HELD,
  /** Held, and being converted to the other mode. */
  CONVERTING,
  /**
   * Being released, retracted, or given up with a write that may still land: "rem". Nobody on this
   * host can acquire it before that is settled.
   */
  RELEASING,
  /** Still owned on the disk, its persistent holder has ended. */
  ORPHAN
}
