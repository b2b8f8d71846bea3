// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.ResourceSnapshot;
import dev.leasehold.engine.rindex.ResourceIndexes;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** An engine that does as it is told by a test, and remembers what it was asked. */
final class Scripted {
  /** What a call of the engine does. */
  interface Script {
    Object run(Object[] arguments) throws LeaseException, InterruptedException;
  }

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final AtomicLong holders = new AtomicLong();
  private volatile Fallback fallback =
      method -> {
        throw new AssertionError("the engine was asked to " + method);
      };

  Scripted() {
    on("register", arguments -> new HolderId(holders.incrementAndGet()));
    on("unregister", arguments -> null);
    on("restrict", arguments -> null);
    on("addListener", arguments -> null);
    on("removeListener", arguments -> null);
    on("setKillPath", arguments -> null);
    on("inquire", arguments -> List.of());
    on("config", arguments -> EngineConfig.of(Name.of("hostA")));
    on("lockspace", arguments -> Optional.empty());
    on("lockspaces", arguments -> List.of());
    on("resourceIndexes", arguments -> indexes());
    on("busy", arguments -> false);
    on("state", arguments -> emptyState());
  }

  private static EngineSnapshot emptyState() {
    return new EngineSnapshot(
        Name.of("hostA"),
        "boot",
        "none",
        false,
        0,
        List.of(),
        new ResourceSnapshot(List.of(), List.of()));
  }

  /** Sets what a method does, by its name. */
  Scripted on(String method, Script script) {
    scripts.put(method, script);
    return this;
  }

  /** What methods do that no script is for, by their name. */
  interface Fallback {
    Object run(String method) throws LeaseException;
  }

  /** Sets what methods do that no script is for. */
  void otherwise(Fallback rule) {
    fallback = rule;
  }

  LeaseManager manager() {
    return proxy(LeaseManager.class);
  }

  private ResourceIndexes indexes() {
    return proxy(ResourceIndexes.class);
  }

  private <T> T proxy(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                call(method.getName(), arguments == null ? new Object[0] : arguments)));
  }

  private Object call(String method, Object[] arguments) throws Exception {
    synchronized (calls) {
      calls.add(method);
      calls.notifyAll();
    }
    Script script = scripts.get(method);
    return script == null ? fallback.run(method) : script.run(arguments);
  }

  /** How often a method was called so far. */
  long count(String method) {
    synchronized (calls) {
      return calls.stream().filter(method::equals).count();
    }
  }

  /** Waits until a method was called that often. */
  void awaitCalls(String method, int count) throws InterruptedException {
    synchronized (calls) {
      while (count(method) < count) {
        calls.wait();
      }
    }
  }
}
