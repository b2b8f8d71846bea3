// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

/** Receives what a task did not catch, so that nothing is lost. Must be thread-safe. */
@FunctionalInterface
public interface FailureHandler {

  /**
   * Called on the task that ends.
   *
   * @param task name of the task that ended by it
   * @param failure what it threw
   */
  void failed(String task, Throwable failure);
}
