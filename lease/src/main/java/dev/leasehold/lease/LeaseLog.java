// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

/** Takes one-line remarks for people: what an algorithm noticed but need not report as an error. */
@FunctionalInterface
public interface LeaseLog {

  /** Says nothing. */
  LeaseLog SILENT = line -> {};

  /** Must not block. Thread-safe. */
  void note(String line);
}
