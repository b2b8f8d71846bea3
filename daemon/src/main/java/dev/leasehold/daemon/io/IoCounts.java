// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.io;

import dev.leasehold.storage.Outcome;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many transfers had which outcome, since the start. Thread-safe. */
public final class IoCounts {

  /** Where leases are. */
  public enum Kind {
    /** In regular files. */
    FILE,
    /** On block devices. */
    DEVICE;

    /** As a label. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is done. */
  public enum Operation {
    /** Sectors are read. */
    READ,
    /** Sectors are written. */
    WRITE;

    /** As a label. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What came of it by its deadline (safety rule 2 of docs/design.md). */
  public enum Result {
    /** It is done. */
    DONE,
    /** The storage said no. */
    FAILED,
    /** It missed its deadline and may still land. */
    UNKNOWN;

    /** As a label. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Key(Kind kind, Operation operation, Result result) {}

  private final Map<Key, LongAdder> counts;

  /** With nothing counted. */
  public IoCounts() {
    Map<Key, LongAdder> all = new HashMap<>();
    for (Kind kind : Kind.values()) {
      for (Operation operation : Operation.values()) {
        for (Result result : Result.values()) {
          all.put(new Key(kind, operation, result), new LongAdder());
        }
      }
    }
    counts = Map.copyOf(all);
  }

  void add(Kind kind, Operation operation, Outcome outcome) {
    // Not a switch: the JVM would make a class for it at the first transfer of every short command.
    Result result =
        outcome instanceof Outcome.Done
            ? Result.DONE
            : outcome instanceof Outcome.Failed ? Result.FAILED : Result.UNKNOWN;
    at(kind, operation, result).increment();
  }

  /** How many there were. */
  public long count(Kind kind, Operation operation, Result result) {
    return at(kind, operation, result).sum();
  }

  private LongAdder at(Kind kind, Operation operation, Result result) {
    return Objects.requireNonNull(counts.get(new Key(kind, operation, result)));
  }
}
