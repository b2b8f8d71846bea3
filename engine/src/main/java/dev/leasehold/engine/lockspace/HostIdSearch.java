// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.lockspace.HostIdChooser.Slot;
import dev.leasehold.engine.spi.StopSwitch;
import dev.leasehold.lease.DeltaRecords;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Joins a lockspace with a host id that is found on the way. Ids that are held are considered only
 * when none is free: first the area is watched for as long as any live host needs to renew, then an
 * id that did not change is taken over by the ordinary join, with its long wait.
 */
final class HostIdSearch {

  /** The ordinary join, for one host id. */
  @FunctionalInterface
  interface Join {
    LockspaceView join(LockspaceSpec spec) throws LeaseException;
  }

  private final Services services;
  private final AreaOpener opener;
  private final LockspaceSpec place;
  private final JoinOptions options;
  private final Duration ioTimeout;
  private final HostIdChooser chooser;
  private final Join join;
  private final StopSwitch stop;

  /**
   * @param place name and place; its host id is not looked at
   */
  HostIdSearch(
      Services services,
      AreaOpener opener,
      LockspaceSpec place,
      AutoHostId choice,
      JoinOptions options,
      Join join) {
    this.services = services;
    this.opener = opener;
    this.place = place;
    this.options = options;
    this.ioTimeout =
        Duration.ofSeconds(
            options.ioTimeout() == 0 ? services.config().ioTimeout() : options.ioTimeout());
    this.chooser = new HostIdChooser(choice, services.ports().random());
    this.join = join;
    this.stop = new StopSwitch(services.clock(), services.tasks());
  }

  /** Whether it is for that name and place; the host id is not looked at. */
  boolean isFor(LockspaceSpec wanted) {
    return place.matches(wanted.withHostId(0));
  }

  /** Ends it; a join that is under way is ended by leaving its lockspace. */
  void callOff() {
    stop.callOff();
  }

  LockspaceView run() throws LeaseException {
    while (true) {
      long hostId = choose();
      checkCalledOff();
      try {
        return join.join(place.withHostId(hostId));
      } catch (LeaseException e) {
        if (e.code() != ErrorCode.HOSTID_BUSY) {
          throw e;
        }
        chooser.busy(hostId);
      }
    }
  }

  private void checkCalledOff() throws LeaseException {
    if (stop.calledOff()) {
      throw new LeaseException(
          ErrorCode.ERROR, "the join of lockspace " + place.name() + " was called off");
    }
  }

  private long choose() throws LeaseException {
    try {
      return look();
    } catch (LeaseException e) {
      services.events().tell(listener -> listener.joinFailed(place, e));
      throw e;
    }
  }

  private long look() throws LeaseException {
    try (BlockStore store = opener.open(place.path(), ioTimeout)) {
      Geometry geometry = DeltaRecords.probe(store, place.offset(), 0, ioTimeout);
      LeaseArea area = new LeaseArea(store, place.offset(), geometry);
      List<Slot> slots = read(area);
      OptionalLong free = chooser.next(slots);
      return free.isPresent() ? free.getAsLong() : chooseStale(area, slots);
    }
  }

  private List<Slot> read(LeaseArea area) throws LeaseException {
    try (Block block = area.read(0, area.geometry().alignSize(), ioTimeout)) {
      return chooser.slots(
          block.bytes(),
          area.geometry(),
          place.name(),
          services.config().hostName(),
          options.previousInstanceGone());
    }
  }

  private long chooseStale(LeaseArea area, List<Slot> before) throws LeaseException {
    int longest = HostIdChooser.longestIoTimeout(before, (int) ioTimeout.toSeconds());
    services.note("no free host id in " + place.name() + ": looking for one that is left over");
    stop.sleep(Duration.ofSeconds(2L * longest + 2));
    checkCalledOff();
    List<Slot> after = read(area);
    OptionalLong free = chooser.next(after);
    OptionalLong found = free.isPresent() ? free : chooser.nextStale(before, after);
    return found.orElseThrow(
        () ->
            new LeaseException(
                ErrorCode.HOSTID_BUSY,
                "every one of the "
                    + after.size()
                    + " host ids that may be used in lockspace "
                    + place.name()
                    + " at "
                    + place.path()
                    + " is in use"));
  }
}
