// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Files in memory that several hosts share, each through a view of its own. Every call takes a
 * millisecond of virtual time, is logged, and can be made to fail, to hang and to land late.
 */
public final class FakeStorage {
  private final FakeTime time;
  private final Map<String, Inode> names = new LinkedHashMap<>();
  private final List<Op> log = new ArrayList<>();
  private final List<Transfer> hung = new ArrayList<>();
  private Function<Op, Fault> faults = op -> Fault.NONE;
  private Duration latency = Duration.ofMillis(1);
  private int opened;

  /** Without files. */
  public FakeStorage(FakeTime time) {
    this.time = time;
  }

  /** The storage as one host sees it. */
  public Storage of(String host) {
    return new View(host);
  }

  /** Makes a file. */
  public void create(String path, byte[] content) {
    names.put(path, new Inode(content));
  }

  /** Removes a name; whoever has the file open keeps it. */
  public void remove(String path) {
    names.remove(path);
  }

  /** Whether the name exists. */
  public boolean exists(String path) {
    return names.containsKey(path);
  }

  /** The content of a file, to look at or to change. */
  public byte[] content(String path) {
    Inode inode = names.get(path);
    if (inode == null) {
      throw new AssertionError("no file " + path);
    }
    return inode.bytes;
  }

  /** Decides the fate of every call from now on. */
  public void faults(Function<Op, Fault> decide) {
    faults = decide;
  }

  /** Gives the first call that matches this fate, and all others what they had before. */
  public void once(Predicate<Op> which, Fault fault) {
    Function<Op, Fault> before = faults;
    boolean[] done = {false};
    faults =
        op -> {
          if (!done[0] && which.test(op)) {
            done[0] = true;
            return fault;
          }
          return before.apply(op);
        };
  }

  /** Gives every call that matches this fate. */
  public void always(Predicate<Op> which, Fault fault) {
    Function<Op, Fault> before = faults;
    faults = op -> which.test(op) ? fault : before.apply(op);
  }

  /** Runs {@code action} right before the first call that matches. */
  public void before(Predicate<Op> which, Runnable action) {
    Function<Op, Fault> before = faults;
    boolean[] done = {false};
    faults =
        op -> {
          if (!done[0] && which.test(op)) {
            done[0] = true;
            action.run();
          }
          return before.apply(op);
        };
  }

  /** Everything works again, from the next call on. */
  public void heal() {
    faults = op -> Fault.NONE;
  }

  /** Lets everything that hangs come to its end. */
  public void unhang() {
    List<Transfer> ending = List.copyOf(hung);
    hung.clear();
    ending.forEach(Transfer::end);
  }

  /** How long a call takes. */
  public void latency(Duration perCall) {
    latency = perCall;
  }

  /** All calls so far. */
  public List<Op> log() {
    return List.copyOf(log);
  }

  /** How many calls so far match. */
  public long count(Predicate<Op> which) {
    return log.stream().filter(which).count();
  }

  /** Stores that are open now. */
  public int openStores() {
    return opened;
  }

  FakeTime time() {
    return time;
  }

  void closed() {
    opened--;
  }

  /** The fate of a call; it has taken its time when this returns. */
  Fault call(String host, Op.Kind kind, String path, long offset, int length) {
    Op op = new Op(host, log.size(), kind, path, offset, length);
    log.add(op);
    Fault fault = faults.apply(op);
    time.sleep(fault instanceof Fault.Slow slow ? latency.plus(slow.time()) : latency);
    return fault;
  }

  /** Something that hangs. */
  Transfer hang(Runnable effect) {
    Transfer transfer = new Transfer(time, effect);
    hung.add(transfer);
    return transfer;
  }

  /** A file. */
  static final class Inode {
    final byte[] bytes;

    Inode(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final class View implements Storage {
    private final String host;

    View(String host) {
      this.host = host;
    }

    @Override
    public BlockStore open(String path, Duration timeout) throws StorageException {
      check(Op.Kind.OPEN, path, timeout);
      Inode inode = names.get(path);
      if (inode == null) {
        throw new StorageException(2, path, path + ": no such file");
      }
      opened++;
      return new FakeStore(FakeStorage.this, host, path, inode);
    }

    @Override
    public BlockStore openReadOnly(String path, Duration timeout) throws StorageException {
      return open(path, timeout);
    }

    @Override
    public Publication publish(String path, NewFile file, Duration timeout) {
      Fault fault = call(host, Op.Kind.PUBLISH, path, 0, (int) file.size());
      Inode inode = new Inode(new byte[(int) file.size()]);
      file.pieces()
          .forEach(
              (at, piece) -> System.arraycopy(piece, 0, inode.bytes, at.intValue(), piece.length));
      return switch (fault) {
        case Fault.Fail fail ->
            new Publication.Failed(new StorageException(fail.errno(), path, path + ": failed"));
        case Fault.Hang hang -> {
          hang(hang.lands() ? () -> names.putIfAbsent(path, inode) : () -> {});
          time.sleep(timeout);
          yield new Publication.Unknown();
        }
        case Fault.None _, Fault.Slow _ -> {
          if (names.putIfAbsent(path, inode) != null) {
            yield new Publication.NameTaken();
          }
          opened++;
          yield new Publication.Created(new FakeStore(FakeStorage.this, host, path, inode));
        }
      };
    }

    @Override
    public boolean unlink(String path, BlockStore expected, Duration timeout) {
      return names.remove(path, ((FakeStore) expected).inode());
    }

    @Override
    public boolean leadsTo(String path, BlockStore store, Duration timeout)
        throws StorageException {
      check(Op.Kind.LEADS_TO, path, timeout);
      return names.get(path) == ((FakeStore) store).inode();
    }

    @Override
    public List<String> list(String directory, Duration timeout) {
      return names.keySet().stream()
          .filter(name -> name.startsWith(directory + "/"))
          .map(name -> name.substring(directory.length() + 1))
          .toList();
    }

    private void check(Op.Kind kind, String path, Duration timeout) throws StorageException {
      Fault fault = call(host, kind, path, 0, 0);
      if (fault instanceof Fault.Fail fail) {
        throw new StorageException(fail.errno(), path, path + ": error " + fail.errno());
      }
      if (fault instanceof Fault.Hang) {
        time.sleep(timeout);
        throw new StorageException(StorageException.TIMED_OUT, path, path + ": timed out");
      }
    }
  }
}
