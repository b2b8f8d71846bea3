// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

/** How hard holders are told to stop (docs/spec/algorithms.md 4.6). */
public enum KillPhase {
  /** Killpath once if there is one, else SIGTERM. */
  GRACEFUL,
  /** SIGKILL. */
  KILL
}
