// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.node;

import dev.leasehold.simulator.host.SimProcess;
import java.time.Duration;
import java.util.List;

/** A daemon process. Calls block; they are made from tasks of the daemon itself, its doors. */
public interface Node {

  /** Where lease files are. */
  String DIRECTORY = "/leases";

  /** The lockspace's area. */
  String AREA = DIRECTORY + "/lockspace";

  /** Name of the lockspace. */
  String SPACE = "LS";

  /**
   * Joins the lockspace.
   *
   * @return the generation
   * @throws NodeException if it did not become a member
   */
  long join() throws NodeException;

  /**
   * Leaves the lockspace; holders are killed.
   *
   * @throws NodeException if it stays
   */
  void leave() throws NodeException;

  /** Whether it takes itself for a member right now. No I/O. */
  boolean member();

  /** The host id it uses. */
  long hostId();

  /**
   * A process connects.
   *
   * @throws NodeException if it is gone
   */
  Client connect(SimProcess process) throws NodeException;

  /**
   * Asks the owner of a lease to give it up.
   *
   * @throws NodeException if nothing was asked
   */
  void request(String resource, boolean force) throws NodeException;

  /**
   * Takes a lease to remove its file, as a cleanup does: exclusively, and without waiting. The
   * daemon process itself is the holder.
   *
   * @throws NodeException if it is not held
   */
  Removal claim(String resource) throws NodeException;

  /** A lease that is held for the removal of its file. */
  interface Removal {
    /** What is held. */
    Grant grant();

    /**
     * Removes the file. When this returns or throws, nothing of it is in flight any more.
     *
     * @throws NodeException what went wrong; the file may still be there
     */
    void remove() throws NodeException;

    /** Gives the lease up. */
    void drop();
  }

  /** A process's connection. */
  interface Client {
    /**
     * All of them or none.
     *
     * @param patience how long to try again while one is in use; zero for not at all
     * @throws NodeException if none is held
     */
    List<Grant> acquire(List<Want> wants, Duration patience) throws NodeException;

    /**
     * Gives one up.
     *
     * @throws NodeException if it is not known to be free on the disk yet
     */
    void release(String resource) throws NodeException;

    /**
     * Changes the mode.
     *
     * @throws NodeException if the mode is as it was
     */
    Grant convert(String resource, boolean shared) throws NodeException;

    /** Names of the leases that the daemon takes as held by this connection. No I/O. */
    List<String> held();

    /** The connection ends, e.g. with the process. */
    void close();
  }
}
