// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.Arrays;

/**
 * Lock value blocks in memory (docs/spec/algorithms.md 5.7). They are read with the lease and
 * written when an exclusive lease is released or made shared. Thread-safe; no I/O.
 */
final class LockValues {
  private final EngineContext context;

  LockValues(EngineContext context) {
    this.context = context;
  }

  /** Overwrites the beginning; the rest is kept (docs/spec/ondisk.md 6.8). */
  void set(ResourceId resource, byte[] value) throws LeaseException {
    synchronized (context.lock) {
      Entry.Lvb lvb = value(resource, value.length);
      System.arraycopy(value, 0, lvb.value, 0, value.length);
      lvb.changed = true;
    }
  }

  /** The first {@code length} bytes; 0 for all. */
  byte[] get(ResourceId resource, int length) throws LeaseException {
    synchronized (context.lock) {
      Entry.Lvb lvb = value(resource, length);
      return Arrays.copyOf(lvb.value, length == 0 ? lvb.value.length : length);
    }
  }

  private Entry.Lvb value(ResourceId resource, int length) throws LeaseException {
    Entry entry =
        context
            .table
            .find(resource)
            .filter(e -> e.state == LeaseState.HELD || e.state == LeaseState.CONVERTING)
            .orElseThrow(
                () ->
                    new LeaseException(
                        ErrorCode.ENOENT, "resource " + resource + " is not held here"));
    Entry.Lvb lvb =
        entry.lvb.orElseThrow(
            () ->
                new LeaseException(
                    ErrorCode.EINVAL,
                    "resource " + resource + " was acquired without its lock value block"));
    if (length < 0 || length > lvb.value.length) {
      throw new LeaseException(
          ErrorCode.E2BIG, "a lock value block has " + lvb.value.length + " bytes, not " + length);
    }
    return lvb;
  }
}
