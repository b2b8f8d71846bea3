// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was found out so far. Thread-safe. */
final class Findings {
  final Latencies reads = new Latencies();
  final Latencies writes = new Latencies();
  private final Map<String, Check> checks = new LinkedHashMap<>();
  private final List<Thread> watched = new ArrayList<>();
  private boolean over;

  /** Notes the outcome of a check; a failure stays. */
  synchronized void add(Check check) {
    Check before = checks.get(check.name());
    if (before == null || before.outcome() != Check.Outcome.FAILED) {
      checks.put(check.name(), check);
    }
  }

  void ok(String name, String what, String detail) {
    add(new Check(name, what, Check.Outcome.OK, detail));
  }

  void failed(String name, String what, String detail) {
    add(new Check(name, what, Check.Outcome.FAILED, detail));
  }

  synchronized List<Check> checks() {
    return List.copyOf(checks.values());
  }

  Optional<Check> firstFailure() {
    return checks().stream().filter(check -> check.outcome() == Check.Outcome.FAILED).findFirst();
  }

  /** Tells all threads to come to an end. */
  synchronized void finish() {
    over = true;
  }

  synchronized boolean isOver() {
    return over;
  }

  /** Starts a thread of the verification; what it throws becomes a failed check. */
  void start(String check, String what, Work work) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(check)
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (Files512.Unsound e) {
                    failed(e.check(), what, e.words());
                    finish();
                  } catch (InterruptedException | RuntimeException e) {
                    failed(check, what, "ended early: " + e);
                    finish();
                  }
                });
    synchronized (this) {
      watched.add(thread);
    }
  }

  /** Waits for all of them. */
  void join() throws InterruptedException {
    List<Thread> all;
    synchronized (this) {
      all = List.copyOf(watched);
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  /** What a thread does. */
  interface Work {
    void run() throws Files512.Unsound, InterruptedException;
  }
}
