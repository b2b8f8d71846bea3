// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileStatus;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.List;

/**
 * Files and block devices of this host. Thread-safe.
 *
 * <p>Uses threads of its own, which end when nothing is in flight, and gives its memory back then.
 * Paths are absolute.
 */
public final class LinuxStorage implements Storage {

  /** Memory kept for reuse while there is work. */
  private static final long MAX_IDLE_BYTES = 16L << 20;

  private static final String LOOKING = "cannot be looked at";
  private static final String REMOVING = "cannot be removed";

  private final Opener opener;
  private final Publisher publisher;
  private final DirectoryReader directories;
  private final Errands errands;
  private final IoContext io;

  /** For the real files of this host. */
  public LinuxStorage() {
    this(new KernelFileCalls());
  }

  /**
   * @param calls the system, or a test's double
   */
  LinuxStorage(FileCalls calls) {
    BlockPool pool = new BlockPool(MAX_IDLE_BYTES);
    IoThreads threads = new IoThreads(IoThreads.KEEP_ALIVE, pool::trim);
    this.io = new IoContext(calls, threads, pool);
    this.opener = new Opener(io);
    this.publisher = new Publisher(io, opener);
    this.directories = new DirectoryReader(io);
    this.errands = new Errands(threads);
  }

  @Override
  public BlockStore open(String path, Duration timeout) throws StorageException {
    return open(path, Opener.Access.READ_WRITE, Deadline.in(timeout));
  }

  @Override
  public BlockStore openReadOnly(String path, Duration timeout) throws StorageException {
    return open(path, Opener.Access.READ_ONLY, Deadline.in(timeout));
  }

  private BlockStore open(String path, Opener.Access access, Deadline deadline)
      throws StorageException {
    Paths.requireUsable(path);
    Errand<LinuxBlockStore> errand =
        new Errand<>(path, abandoned -> opener.open(path, access), LinuxBlockStore::close);
    return errands.get(path, access.words(), errand, deadline);
  }

  @Override
  public Publication publish(String path, NewFile file, Duration timeout) {
    Errand<Publication> errand =
        new Errand<>(
            path,
            abandoned -> {
              Paths.requireUsable(path);
              return publisher.publish(path, file, abandoned);
            },
            LinuxStorage::closeCreated);
    return switch (errands.run(path, errand, Deadline.in(timeout))) {
      case Errand.Value<Publication>(Publication publication) -> publication;
      case Errand.Failure<Publication>(StorageException error) -> new Publication.Failed(error);
      case Errand.Late<Publication> late -> new Publication.Unknown();
    };
  }

  private static void closeCreated(Publication publication) {
    if (publication instanceof Publication.Created(BlockStore store)) {
      store.close();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Linux cannot compare and remove in one step: a name that another host gives to a new file in
   * between is removed too. So whoever cleans up takes the lease first (DESIGN.md, "Lease files
   * without races"): then no other host does that.
   */
  @Override
  public boolean unlink(String path, BlockStore expected, Duration timeout)
      throws StorageException {
    LinuxBlockStore store = own(expected);
    Paths.requireUsable(path);
    Errand<Boolean> errand =
        Errand.of(
            path, abandoned -> sameFile(path, store) && !abandoned.getAsBoolean() && remove(path));
    return errands.get(path, REMOVING, errand, Deadline.in(timeout));
  }

  private boolean remove(String path) throws StorageException {
    int result = io.calls().unlink(path);
    if (result < 0 && result != -Errno.ENOENT) {
      throw Words.failed(path, REMOVING, -result);
    }
    return result == 0;
  }

  @Override
  public boolean leadsTo(String path, BlockStore store, Duration timeout) throws StorageException {
    LinuxBlockStore expected = own(store);
    Paths.requireUsable(path);
    Errand<Boolean> errand = Errand.of(path, abandoned -> sameFile(path, expected));
    return errands.get(path, LOOKING, errand, Deadline.in(timeout));
  }

  private static LinuxBlockStore own(BlockStore store) {
    if (store instanceof LinuxBlockStore linux) {
      return linux;
    }
    throw new IllegalArgumentException("a store of another storage: " + store.path());
  }

  private boolean sameFile(String path, LinuxBlockStore store) throws StorageException {
    FileStatus open =
        switch (store.status(Freshness.FRESH)) {
          case StatResult.Ok(FileStatus status) -> status;
          case StatResult.Failed(int errno) -> throw Words.failed(path, LOOKING, errno);
        };
    return switch (io.calls().statusOf(path, Freshness.FRESH)) {
      // No link left: a cached name of NFS still leads there, but the server has removed it.
      case StatResult.Ok(FileStatus named) -> named.sameFile(open) && open.links() > 0;
      case StatResult.Failed(int errno) when errno == Errno.ENOENT || errno == Errno.ENOTDIR ->
          false;
      case StatResult.Failed(int errno) -> throw Words.failed(path, LOOKING, errno);
    };
  }

  @Override
  public List<String> list(String directory, Duration timeout) throws StorageException {
    Paths.requireUsable(directory);
    Errand<List<String>> errand = Errand.of(directory, abandoned -> directories.list(directory));
    return errands.get(directory, "cannot be listed", errand, Deadline.in(timeout));
  }

  /** For tests. */
  IoContext io() {
    return io;
  }
}
