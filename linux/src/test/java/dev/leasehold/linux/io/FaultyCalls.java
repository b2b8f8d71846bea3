// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.FileStatus;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/** The real calls, of which a test lets some hang, fail, or succeed and say otherwise. */
final class FaultyCalls extends KernelFileCalls {

  enum Op {
    OPEN,
    CLOSE,
    PREAD,
    PWRITE,
    STATUS,
    STATUS_OF,
    FALLOCATE,
    SET_OWNER,
    SYNC,
    LINK,
    UNLINK,
    RENAME,
    ENTRIES
  }

  /** What happens instead of a call. */
  interface Fault {
    long apply(LongSupplier real);
  }

  /** One made call. */
  record Call(Op op, String path, long bytes) {}

  /** Holds a call back until it is let go; then the call is made. */
  static final class Hang implements Fault {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public long apply(LongSupplier real) {
      entered.countDown();
      await(released);
      return real.getAsLong();
    }

    void awaitEntered() {
      await(entered);
    }

    void release() {
      released.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Key(Op op, String path) {}

  private static final String ANY = "";

  private final Map<Key, Deque<Fault>> next = new HashMap<>();
  private final Map<Key, Fault> always = new HashMap<>();
  private final Map<Integer, String> paths = new ConcurrentHashMap<>();
  private boolean secretive;
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  /** The next call of this kind. */
  synchronized FaultyCalls once(Op op, Fault fault) {
    next.computeIfAbsent(new Key(op, ANY), key -> new ArrayDeque<>()).add(fault);
    return this;
  }

  /** Every call of this kind from now on. */
  synchronized FaultyCalls always(Op op, Fault fault) {
    always.put(new Key(op, ANY), fault);
    return this;
  }

  /** Every call of this kind on one file from now on. */
  synchronized FaultyCalls always(Op op, String path, Fault fault) {
    always.put(new Key(op, path), fault);
    return this;
  }

  FaultyCalls failOnce(Op op, int errno) {
    return once(op, real -> -errno);
  }

  FaultyCalls failAlways(Op op, int errno) {
    return always(op, real -> -errno);
  }

  /** The call is made, and an error is reported all the same. */
  FaultyCalls lieOnce(Op op, int errno) {
    return once(
        op,
        real -> {
          long _ = real.getAsLong();
          return -errno;
        });
  }

  Hang hangOnce(Op op) {
    Hang hang = new Hang();
    once(op, hang);
    return hang;
  }

  /** No file tells its alignment, as on old kernels and on NFS. */
  void hideAlignment() {
    secretive = true;
  }

  private static FileStatus withoutAlign(FileStatus told) {
    return new FileStatus(
        told.mode(), told.links(), told.device(), told.inode(), told.size(), FileStatus.UNKNOWN);
  }

  /** Calls of this kind that were begun, in order. */
  List<Call> made(Op op) {
    return calls.stream().filter(call -> call.op == op).toList();
  }

  /** Paths whose descriptors are open. */
  List<String> open() {
    return List.copyOf(paths.values());
  }

  /** Closes what a lie left open. */
  void closeAll() {
    paths.keySet().forEach(this::close);
  }

  private long call(Op op, String path, long bytes, LongSupplier real) {
    calls.add(new Call(op, path, bytes));
    Fault fault = fault(op, path);
    return fault == null ? real.getAsLong() : fault.apply(real);
  }

  private synchronized Fault fault(Op op, String path) {
    Deque<Fault> once = next.get(new Key(op, ANY));
    if (once != null && !once.isEmpty()) {
      return once.poll();
    }
    return always.getOrDefault(new Key(op, path), always.get(new Key(op, ANY)));
  }

  private String path(int fd) {
    return paths.getOrDefault(fd, "?");
  }

  @Override
  public int open(String path, int flags, int mode) {
    return (int)
        call(
            Op.OPEN,
            path,
            0,
            () -> {
              int fd = super.open(path, flags, mode);
              if (fd >= 0) {
                paths.put(fd, path);
              }
              return fd;
            });
  }

  @Override
  public int close(int fd) {
    return (int)
        call(
            Op.CLOSE,
            path(fd),
            0,
            () -> {
              paths.remove(fd);
              return super.close(fd);
            });
  }

  @Override
  public long pread(int fd, MemorySegment into, long offset) {
    return call(Op.PREAD, path(fd), into.byteSize(), () -> super.pread(fd, into, offset));
  }

  @Override
  public long pwrite(int fd, MemorySegment from, long offset) {
    return call(Op.PWRITE, path(fd), from.byteSize(), () -> super.pwrite(fd, from, offset));
  }

  @Override
  public StatResult status(int fd, Freshness freshness) {
    long fault = call(Op.STATUS, path(fd), 0, () -> 0);
    StatResult real = super.status(fd, freshness);
    if (fault < 0) {
      return new StatResult.Failed((int) -fault);
    }
    return secretive && real instanceof StatResult.Ok(FileStatus status)
        ? new StatResult.Ok(withoutAlign(status))
        : real;
  }

  @Override
  public StatResult statusOf(String path, Freshness freshness) {
    long fault = call(Op.STATUS_OF, path, 0, () -> 0);
    return fault < 0 ? new StatResult.Failed((int) -fault) : super.statusOf(path, freshness);
  }

  @Override
  public int fallocate(int fd, long size) {
    return (int) call(Op.FALLOCATE, path(fd), size, () -> super.fallocate(fd, size));
  }

  @Override
  public int setOwner(int fd, int uid, int gid) {
    return (int) call(Op.SET_OWNER, path(fd), 0, () -> super.setOwner(fd, uid, gid));
  }

  @Override
  public int sync(int fd) {
    return (int) call(Op.SYNC, path(fd), 0, () -> super.sync(fd));
  }

  @Override
  public int link(String existing, String name) {
    return (int) call(Op.LINK, existing, 0, () -> super.link(existing, name));
  }

  @Override
  public int unlink(String path) {
    return (int) call(Op.UNLINK, path, 0, () -> super.unlink(path));
  }

  @Override
  public int renameNoReplace(String from, String to) {
    return (int) call(Op.RENAME, from, 0, () -> super.renameNoReplace(from, to));
  }

  @Override
  public long entries(int fd, MemorySegment buffer) {
    return call(Op.ENTRIES, path(fd), 0, () -> super.entries(fd, buffer));
  }
}
