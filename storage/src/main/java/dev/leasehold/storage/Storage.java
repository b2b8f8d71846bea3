// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import java.time.Duration;
import java.util.List;

/**
 * The shared storage as this host sees it: opening what exists and publishing new lease files.
 *
 * <p>Every call returns within its timeout plus scheduling delay. Thread-safe.
 */
public interface Storage {

  /**
   * Opens an existing file or block device read-write, direct and synchronous.
   *
   * @param path absolute path
   * @throws StorageException with the errno (ENOENT 2, EACCES 13, EINVAL 22 where direct I/O is
   *     refused, EISDIR 21 …), or {@link StorageException#TIMED_OUT} when the deadline passed
   */
  BlockStore open(String path, Duration timeout) throws StorageException;

  /**
   * Opens for reading only (status commands).
   *
   * @throws StorageException as {@link #open}
   */
  BlockStore openReadOnly(String path, Duration timeout) throws StorageException;

  /**
   * Makes a file appear under {@code path} complete or not at all: content and allocation first,
   * then the name, only if it is free. With {@link Publication.Created} content and name are on
   * stable storage.
   */
  Publication publish(String path, NewFile file, Duration timeout);

  /**
   * Removes the name, if it still leads to the very file that {@code expected} has open.
   *
   * @return whether the name was removed; false when it leads elsewhere or is gone already
   * @throws StorageException on any other failure
   */
  boolean unlink(String path, BlockStore expected, Duration timeout) throws StorageException;

  /**
   * Whether {@code path} still leads to the file that {@code store} has open: it may have been
   * cleaned up, and made anew, since.
   *
   * @throws StorageException on a failure other than "no such file"
   */
  boolean leadsTo(String path, BlockStore store, Duration timeout) throws StorageException;

  /**
   * Names of the entries of a directory, in no particular order, without "." and "..".
   *
   * @throws StorageException with the errno
   */
  List<String> list(String directory, Duration timeout) throws StorageException;
}
