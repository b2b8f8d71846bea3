// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileStatus;
import dev.leasehold.linux.ffi.OpenFlags;
import dev.leasehold.linux.ffi.StatResult;
import dev.leasehold.linux.ffi.Statx.Freshness;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.StorageException;
import dev.leasehold.storage.TemporaryName;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * Makes a file under a temporary name and gives it its own name when it is complete (DESIGN.md,
 * "Lease files without races"). Every method may hang. Thread-safe.
 */
final class Publisher {

  private static final String CREATE = "cannot be created";
  private static final int NAME_TRIES = 8;

  private final IoContext io;
  private final Opener opener;
  private final FileFiller filler;

  Publisher(IoContext io, Opener opener) {
    this.io = io;
    this.opener = opener;
    this.filler = new FileFiller(io);
  }

  /** A file under its temporary name, open for reading and writing, direct but not synchronous. */
  private record Draft(String name, int fd) {}

  /**
   * @param abandoned whether the caller has gone: then the file does not get its name any more
   */
  Publication publish(String path, NewFile file, BooleanSupplier abandoned)
      throws StorageException {
    Draft draft = create(path);
    Publication publication;
    try {
      filler.fill(path, draft.fd, opener.ioUnit(path, draft.fd), file);
      publication = abandoned.getAsBoolean() ? new Publication.Unknown() : giveName(draft, path);
    } finally {
      discard(draft);
    }
    if (publication instanceof Publication.Created(BlockStore store) && !syncDirectory(path)) {
      store.close();
      return new Publication.Unknown();
    }
    return publication;
  }

  private Draft create(String path) throws StorageException {
    int fd = -Errno.EEXIST;
    String name = path;
    for (int tries = 0; fd == -Errno.EEXIST && tries < NAME_TRIES; tries++) {
      name = Paths.sibling(path, TemporaryName.of(ThreadLocalRandom.current().nextLong()));
      fd =
          io.calls()
              .open(
                  name,
                  OpenFlags.READ_WRITE
                      | OpenFlags.CREATE
                      | OpenFlags.EXCLUSIVE
                      | OpenFlags.DIRECT
                      | OpenFlags.CLOSE_ON_EXEC,
                  0600);
    }
    if (fd == -Errno.EINVAL) {
      io.calls().unlink(name); // made all the same, before direct I/O was refused
      throw Words.noDirectIo(path);
    }
    if (fd == -Errno.ENOENT) {
      throw Words.of(Errno.ENOENT, path, "its directory does not exist: create it first");
    }
    if (fd < 0) {
      throw Words.failed(path, CREATE, -fd);
    }
    return new Draft(name, fd);
  }

  private void discard(Draft draft) {
    io.calls().close(draft.fd);
    io.calls().unlink(draft.name);
  }

  private Publication giveName(Draft draft, String path) throws StorageException {
    int linked = io.calls().link(draft.name, path);
    if (linked == 0) {
      return openNamed(draft, path);
    }
    // NFS: the reply to a link that was made can get lost, and its repetition finds the name taken.
    return switch (links(draft)) {
      case ONE -> withoutLink(draft, path, -linked);
      case MORE -> openNamed(draft, path);
      case UNTOLD -> new Publication.Unknown();
    };
  }

  private enum Links {
    ONE,
    MORE,
    UNTOLD
  }

  private Links links(Draft draft) {
    return switch (io.calls().status(draft.fd, Freshness.FRESH)) {
      case StatResult.Ok(FileStatus status) -> status.links() > 1 ? Links.MORE : Links.ONE;
      case StatResult.Failed error -> Links.UNTOLD;
    };
  }

  private Publication withoutLink(Draft draft, String path, int errno) throws StorageException {
    return switch (errno) {
      case Errno.EEXIST -> new Publication.NameTaken();
      // What file systems without hard links say.
      case Errno.EPERM, Errno.EOPNOTSUPP, Errno.ENOSYS -> rename(draft, path);
      default -> failed(path, errno);
    };
  }

  private Publication rename(Draft draft, String path) throws StorageException {
    int renamed = io.calls().renameNoReplace(draft.name, path);
    return switch (-renamed) {
      case 0 -> openNamed(draft, path);
      case Errno.EEXIST -> new Publication.NameTaken();
      case Errno.EINVAL, Errno.ENOSYS, Errno.EOPNOTSUPP ->
          throw Words.of(
              -renamed,
              path,
              "its file system can neither link a file nor rename one without replacing another,"
                  + " so two hosts could create it at once; use another file system");
      default -> failed(path, -renamed);
    };
  }

  private static Publication failed(String path, int errno) throws StorageException {
    return switch (errno) {
      // A server may have got the request and not done it yet.
      case Errno.EIO, Errno.ETIMEDOUT, Errno.ESTALE, Errno.EINTR -> new Publication.Unknown();
      default -> throw Words.failed(path, CREATE, errno);
    };
  }

  /**
   * It has its name. It is opened anew by that: a file that is open by its temporary name would
   * keep a hidden second name on NFS when that is removed.
   */
  private Publication openNamed(Draft draft, String path) {
    try {
      LinuxBlockStore store = opener.open(path, Opener.Access.READ_WRITE);
      if (isOpenIn(store, draft)) {
        return new Publication.Created(store);
      }
      store.close();
      return new Publication.Unknown();
    } catch (StorageException e) {
      return new Publication.Unknown();
    }
  }

  private boolean isOpenIn(LinuxBlockStore store, Draft draft) {
    return store.status(Freshness.CACHED) instanceof StatResult.Ok(FileStatus opened)
        && io.calls().status(draft.fd, Freshness.CACHED) instanceof StatResult.Ok(FileStatus own)
        && opened.sameFile(own);
  }

  /** The name itself to stable storage. */
  private boolean syncDirectory(String path) {
    int directory =
        io.calls()
            .open(
                Paths.directory(path),
                OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.CLOSE_ON_EXEC,
                0);
    if (directory < 0) {
      return false;
    }
    int result = io.calls().sync(directory);
    io.calls().close(directory);
    // EINVAL: the file system does not sync directories, so there is nothing to wait for.
    return result == 0 || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP;
  }
}
