// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** An engine that refuses everything, and notes when it is asked for somebody unregistered. */
final class SuspiciousEngine {
  /** What takes a holder as its first argument: nobody else may be acted for. */
  private static final Set<String> ON_HOLDERS =
      Set.of(
          "release",
          "releaseAll",
          "releaseRenamed",
          "inquire",
          "convert",
          "setKillPath",
          "acquire");

  private final Scripted engine = new Scripted();
  private final Set<Object> holders = ConcurrentHashMap.newKeySet();
  private final AtomicLong lastHolder = new AtomicLong();
  private final List<String> violations = new CopyOnWriteArrayList<>();

  SuspiciousEngine() {
    engine.otherwise(
        method -> {
          throw new LeaseException(ErrorCode.ENOENT, method);
        });
    engine.on("register", arguments -> registered());
    engine.on(
        "unregister",
        arguments -> {
          if (!holders.remove(arguments[0])) {
            violations.add("unregistered twice: " + arguments[0]);
          }
          return null;
        });
    for (String method : ON_HOLDERS) {
      engine.on(method, arguments -> refused(method, arguments[0]));
    }
    engine.on("examine", arguments -> null);
    engine.on("examineLockspace", arguments -> null);
    engine.on("releaseOrphans", arguments -> 0);
  }

  private Object registered() {
    HolderId id = new HolderId(lastHolder.incrementAndGet());
    holders.add(id);
    return id;
  }

  private Object refused(String method, Object holder) throws LeaseException {
    if (!(holder instanceof HolderId id) || id.number() > lastHolder.get()) {
      violations.add(method + " for " + holder + ", which was never registered");
    }
    if (method.equals("acquire")) {
      return new AcquireResult.Refused(
          new Refusal(
              ErrorCode.ACQUIRE_IDLIVE,
              OptionalInt.empty(),
              Optional.empty(),
              "held",
              Optional.empty()));
    }
    throw new LeaseException(ErrorCode.EBUSY, method);
  }

  LeaseManager manager() {
    return engine.manager();
  }

  /** How often a method was called so far. */
  long count(String method) {
    return engine.count(method);
  }

  /** Who is registered. */
  Set<Object> holders() {
    return holders;
  }

  /** What should not have been asked. */
  List<String> violations() {
    return violations;
  }
}
