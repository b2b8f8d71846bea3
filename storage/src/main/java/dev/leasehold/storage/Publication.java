// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

/** What became of {@link Storage#publish}. */
public sealed interface Publication {

  /**
   * The file has its name; content and name are on stable storage.
   *
   * @param store the new file, open read-write
   */
  record Created(BlockStore store) implements Publication {}

  /** The name was taken already; nothing was left behind. */
  record NameTaken() implements Publication {}

  /**
   * It did not get its name and will not get it.
   *
   * @param error what went wrong
   */
  record Failed(StorageException error) implements Publication {}

  /** The deadline passed: the file may have its name, or get it at any later time. */
  record Unknown() implements Publication {}
}
