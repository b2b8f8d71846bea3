// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.nio.file.Path;

/**
 * One host of a cluster with one holder process, by whichever program it runs. Not thread-safe, as
 * one holder has one command at a time.
 */
interface ClusterHost {

  /** What it writes into its delta lease. */
  String name();

  /** Joins a lockspace at the start of a file. */
  void join(String space, int hostId, Path path, int ioTimeout) throws Exception;

  /** Leaves it. */
  void leave(String space, int hostId, Path path) throws Exception;

  /** Acquires for the holder process. */
  void acquire(LeaseFile lease, boolean shared) throws Exception;

  /** Releases what the holder process holds. */
  void release(LeaseFile lease) throws Exception;

  /** Converts what the holder process holds. */
  void convert(LeaseFile lease, boolean shared) throws Exception;

  /** Asks the owner, wherever it is, to give the lease up. */
  void ask(LeaseFile lease, boolean force) throws Exception;

  /** Acquires exclusively with its lock value block, which is read. */
  void acquireWithValue(LeaseFile lease) throws Exception;

  /** Sets the lock value block of what is held. */
  void setValue(LeaseFile lease, String value) throws Exception;

  /** The first bytes of the lock value block of what is held. */
  String value(LeaseFile lease, int length) throws Exception;

  /** Tells another host something. */
  void tell(String space, int hostId, long generation, long event, long data) throws Exception;

  /** Subscribes to what this host is told. */
  void listen(String space) throws Exception;

  /**
   * The next thing it was told, as "from_host from_generation event data".
   *
   * @throws java.util.concurrent.TimeoutException if nothing came in 20 seconds
   */
  String heard() throws Exception;

  /** Whether the holder process still runs. */
  boolean holderAlive();
}
