// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

/** How a statx call ended. */
public sealed interface StatResult {

  /** It told. */
  record Ok(FileStatus status) implements StatResult {}

  /**
   * It failed.
   *
   * @param errno positive
   */
  record Failed(int errno) implements StatResult {}
}
