// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;

/**
 * Operations on resource indexes. Each blocks on storage, every wait bounded by an io timeout.
 * Thread-safe; in one lockspace one operation runs at a time, a second one is refused.
 *
 * <p>Beside what each method says: the errno of a path that cannot be opened; EBUSY (-16) another
 * index operation runs in that lockspace; RINDEX_MAGIC … RINDEX_OFFSET (-274 … -277) what is there;
 * I/O codes. Unless an operation says otherwise or {@code alone} is set, the lockspace must be
 * joined: ENOENT (-2) if it is not, ENOSPC (-28) if it is failing.
 */
public interface ResourceIndexes {

  /**
   * Writes an empty index and its private lease over whatever is there. Needs no lockspace.
   *
   * @param maxResources 0 for the default, at most what the geometry allows
   * @throws LeaseException EINVAL (-22) the lockspace's name has 48 bytes
   */
  void format(IndexPlace place, Geometry geometry, int maxResources) throws LeaseException;

  /**
   * Makes a new lease in the first free place of the index. Whether the name is there already is
   * not looked at.
   *
   * @param numHosts room for host ids, unsigned; 0 for all that fit
   * @return the offset of the new lease
   * @throws LeaseException ENOENT the index is full; ACQUIRE_IDLIVE (-243) and the like: another
   *     host works on the index
   */
  long create(IndexPlace place, Name resource, long numHosts) throws LeaseException;

  /**
   * Frees the first entry of that name and marks its lease as cleared.
   *
   * @throws LeaseException ENOENT no such entry; else as {@link #create}
   */
  void delete(IndexPlace place, Name resource) throws LeaseException;

  /** Looks whether there is an index at all. */
  void check(IndexPlace place, boolean alone) throws LeaseException;

  /**
   * The first entry of that name.
   *
   * @throws LeaseException ENOENT there is none
   */
  IndexEntry find(IndexPlace place, Name resource, boolean alone) throws LeaseException;

  /**
   * What is recorded for a place; its name is empty if it is free.
   *
   * @throws LeaseException RINDEX_OFFSET if that is not a place of the index
   */
  IndexEntry at(IndexPlace place, long offset, boolean alone) throws LeaseException;

  /**
   * The first free place; its name is empty.
   *
   * @throws LeaseException ENOENT the index is full
   */
  IndexEntry firstFree(IndexPlace place, boolean alone) throws LeaseException;

  /**
   * Records a name for a place, whatever is recorded there. The lease itself is not touched.
   *
   * @param entry the name, or an empty one to free the place
   * @throws LeaseException RINDEX_OFFSET if that is not a place of the index
   */
  void put(IndexPlace place, IndexEntry entry, boolean alone) throws LeaseException;

  /**
   * Makes the index anew from the leases that it finds up to the end of the device.
   *
   * @param alone without the private lease, too: nobody else may use the index
   */
  void rebuild(IndexPlace place, boolean alone) throws LeaseException;

  /** Whether an operation runs in a lockspace, or has left a write that may still land. */
  boolean busy(Name lockspace);

  /**
   * The sizes of a new lease area on a device if nobody says: 512 and 1 MiB for files and devices
   * with such sectors, 4096 and 8 MiB for devices with those (docs/spec/wire.md 4.16).
   *
   * @throws LeaseException the errno if it cannot be opened for reading and writing
   */
  Geometry defaultGeometry(String path) throws LeaseException;
}
