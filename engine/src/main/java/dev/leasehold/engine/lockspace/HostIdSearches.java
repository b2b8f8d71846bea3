// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.ArrayList;
import java.util.List;

/**
 * The joins that look for a host id, so that they can be called off also between two tries, when
 * the lockspace is on no list. Thread-safe.
 */
final class HostIdSearches {

  private final Services services;
  private final AreaOpener opener;
  private final List<HostIdSearch> running = new ArrayList<>();

  HostIdSearches(Services services, AreaOpener opener) {
    this.services = services;
    this.opener = opener;
  }

  /**
   * Joins with a host id that is found on the way.
   *
   * @param place name and place
   * @param join the ordinary join
   * @throws LeaseException of the join; EINPROGRESS if such a search is running; ERROR if called
   *     off
   */
  LockspaceView search(
      LockspaceSpec place, AutoHostId choice, JoinOptions options, HostIdSearch.Join join)
      throws LeaseException {
    HostIdSearch search = new HostIdSearch(services, opener, place, choice, options, join);
    synchronized (running) {
      if (running.stream().anyMatch(other -> other.isFor(place))) {
        throw new LeaseException(
            ErrorCode.EINPROGRESS, "lockspace " + place.name() + " is being joined");
      }
      running.add(search);
    }
    try {
      return search.run();
    } finally {
      synchronized (running) {
        running.remove(search);
      }
    }
  }

  /**
   * Calls off the search for this name and place.
   *
   * @return whether there is one
   */
  boolean callOff(LockspaceSpec place) {
    return callOff(matching(place));
  }

  /** Calls off all of them. */
  void callOffAll() {
    List<HostIdSearch> all;
    synchronized (running) {
      all = List.copyOf(running);
    }
    callOff(all);
  }

  private List<HostIdSearch> matching(LockspaceSpec place) {
    synchronized (running) {
      return running.stream().filter(search -> search.isFor(place)).toList();
    }
  }

  private static boolean callOff(List<HostIdSearch> searches) {
    searches.forEach(HostIdSearch::callOff);
    return !searches.isEmpty();
  }
}
