// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.kernel;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A simulated task: a virtual thread that runs only while it has the baton.
 *
 * <p>All fields except the baton are touched only by whoever has it.
 */
public final class SimTask {

  private final String name;
  final long id;
  final TaskGroup group;
  private final @Nullable Runnable body;
  private @Nullable Thread thread;
  private volatile boolean baton;

  /** Grows at every resumption, so that events for an earlier wait are recognised as stale. */
  long waits;

  boolean ended;
  boolean started;
  boolean killed;
  boolean timedOut;
  int unwindings;

  SimTask(String name, long id, TaskGroup group, @Nullable Runnable body) {
    this.name = name;
    this.id = id;
    this.group = group;
    this.body = body;
  }

  /** For messages and the log. */
  public String name() {
    return name;
  }

  /** Whether its body has ended. */
  public boolean ended() {
    return ended;
  }

  Runnable body() {
    if (body == null) {
      throw new IllegalStateException(name + " has no body");
    }
    return body;
  }

  /** Makes this task the calling thread itself. */
  void adoptCurrentThread() {
    thread = Thread.currentThread();
  }

  void start(Runnable onThread) {
    started = true;
    baton = true;
    // Known before it runs: the baton may be on its way back to it before start() returns.
    Thread created = Thread.ofVirtual().name(name).unstarted(onThread);
    thread = created;
    created.start();
  }

  void giveBaton() {
    baton = true;
    LockSupport.unpark(thread);
  }

  void awaitBaton() {
    while (!baton) {
      LockSupport.park(this);
    }
    baton = false;
  }
}
