// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.EventSubscription;
import dev.leasehold.engine.HostEventFlag;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceOnDisk;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceUse;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.Lockspaces;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.engine.spi.HolderSupervision;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The lockspaces of one engine. Thread-safe. */
public final class LockspaceManager implements Lockspaces {

  // A wait without a limit of its own; it is only looked around and waited again.
  private static final Duration LONG = Duration.ofHours(1);

  private final Services services;
  private final LockspaceTable table;
  private final HolderSupervision holders;
  private final AreaOpener opener;
  private final LockspaceAreas areas;
  private final HostIdSearches searches;

  /**
   * @param table shared with those who hold leases
   * @param holders who knows the holders
   */
  public LockspaceManager(LockspaceTable table, HolderSupervision holders) {
    this.services = table.services();
    this.table = table;
    this.holders = holders;
    this.opener = new AreaOpener(services.ports());
    this.areas = new LockspaceAreas(services, table, opener);
    this.searches = new HostIdSearches(services, opener);
  }

  @Override
  public LockspaceView addLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    Lockspace lockspace = start(spec, options);
    awaitThat(lockspace, () -> joinDecided(lockspace));
    Optional<LeaseException> failure = lockspace.joinFailure();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return lockspace.view();
  }

  private static boolean joinDecided(Lockspace lockspace) {
    return lockspace.over() || lockspace.state() != LockspaceState.ADDING;
  }

  @Override
  public void startAddLockspace(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    start(spec, options);
  }

  private Lockspace start(LockspaceSpec spec, JoinOptions options) throws LeaseException {
    Lockspace lockspace = table.add(spec, options);
    LockspaceLife life = new LockspaceLife(lockspace, table, services, holders, opener);
    services.tasks().start("lockspace " + spec.name(), life::run);
    return lockspace;
  }

  @Override
  public LockspaceView addLockspace(
      Name name, String path, long offset, AutoHostId choice, JoinOptions options)
      throws LeaseException {
    LockspaceSpec place = new LockspaceSpec(name, 0, path, offset);
    if (table.find(place).isPresent()) {
      throw new LeaseException(
          ErrorCode.EEXIST, "lockspace " + name + " at " + path + " is in use here already");
    }
    return searches.search(place, choice, options, spec -> addLockspace(spec, options));
  }

  @Override
  public LockspaceView inquireLockspace(LockspaceSpec spec) throws LeaseException {
    Lockspace lockspace = find(spec);
    if (lockspace.state() != LockspaceState.JOINED) {
      throw new LeaseException(
          ErrorCode.EINPROGRESS,
          lockspace.spec()
              + (lockspace.state() == LockspaceState.ADDING
                  ? " is being joined"
                  : " is being left"));
    }
    return lockspace.view();
  }

  @Override
  public LockspaceView awaitLockspace(LockspaceSpec spec, Duration limit) throws LeaseException {
    long end = services.clock().bootNanos() + limit.toNanos();
    while (true) {
      long seen = table.changed().version();
      try {
        return inquireLockspace(spec);
      } catch (LeaseException e) {
        long left = end - services.clock().bootNanos();
        if (e.code() != ErrorCode.EINPROGRESS || left <= 0) {
          throw e;
        }
        table.changed().await(seen, Duration.ofNanos(left));
      }
    }
  }

  @Override
  public void removeLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException {
    Optional<Lockspace> leaving = leave(spec, onlyIfUnused);
    leaving.ifPresent(lockspace -> awaitThat(lockspace, lockspace::over));
  }

  @Override
  public void startRemoveLockspace(LockspaceSpec spec, boolean onlyIfUnused) throws LeaseException {
    leave(spec, onlyIfUnused);
  }

  private Optional<Lockspace> leave(LockspaceSpec spec, boolean onlyIfUnused)
      throws LeaseException {
    // While a search is between two tries its host id is anybody's guess.
    boolean searching = spec.hostId() == 0 && searches.callOff(spec);
    Optional<Lockspace> found = table.find(spec);
    if (found.isEmpty() && !searching) {
      throw notJoined(spec.name());
    }
    if (found.isPresent()) {
      leave(found.get(), onlyIfUnused);
    }
    return found;
  }

  private void leave(Lockspace lockspace, boolean onlyIfUnused) throws LeaseException {
    Name name = lockspace.spec().name();
    boolean used = lockspace.membership().map(holders::namesUsed).orElse(false);
    if (onlyIfUnused && used) {
      throw new LeaseException(
          ErrorCode.EBUSY, "lockspace " + name + " has leases that are in use");
    }
    if (lockspace.state() == LockspaceState.REMOVING) {
      throw new LeaseException(
          ErrorCode.EINPROGRESS, "lockspace " + name + " is being left already");
    }
    lockspace.leave(LossReason.REMOVED);
  }

  @Override
  public List<LockspaceView> lockspaces() {
    return table.list().stream().map(Lockspace::view).toList();
  }

  @Override
  public Optional<LockspaceView> lockspace(Name name) {
    return table.findJoined(name).map(Lockspace::view);
  }

  @Override
  public boolean createLockspace(LockspaceFormat format) throws LeaseException {
    return areas.create(format);
  }

  @Override
  public void formatLockspace(LockspaceFormat format) throws LeaseException {
    areas.format(format);
  }

  @Override
  public LockspaceOnDisk readLockspace(
      String path, long offset, long hostId, Optional<Name> expected) throws LeaseException {
    return areas.read(path, offset, hostId, expected);
  }

  @Override
  public List<HostView> hosts(Name lockspace, OptionalLong hostId) throws LeaseException {
    Membership member = joined(lockspace);
    HostStatusTable hosts = member.table();
    if (!hosts.looked()) {
      throw new LeaseException(
          ErrorCode.EAGAIN, "the hosts of " + lockspace + " have not been looked at yet");
    }
    long now = services.clock().bootNanos();
    if (hostId.isEmpty()) {
      return hosts.views(now).stream().filter(host -> host.timestamp() != 0).toList();
    }
    return member.geometry().isHostId(hostId.getAsLong())
        ? List.of(hosts.view(hostId.getAsLong(), now))
        : List.of();
  }

  @Override
  public List<HostView> hostStatus(Name lockspace) throws LeaseException {
    long now = services.clock().bootNanos();
    return known(lockspace).seenHosts().map(hosts -> hosts.views(now)).orElse(List.of());
  }

  @Override
  public void setUse(Name lockspace, LockspaceUse use) throws LeaseException {
    Lockspace found = table.findJoined(lockspace).orElseThrow(() -> notJoined(lockspace));
    found.setUse(use);
  }

  @Override
  public void setEvent(
      Name lockspace, long hostId, long generation, long event, long data, Set<HostEventFlag> flags)
      throws LeaseException {
    if (lockspace.isEmpty() || hostId < 1 || hostId > Geometry.SECTOR_512.maxHosts()) {
      throw new LeaseException(
          ErrorCode.EINVAL, "an event needs a lockspace and a host id of 1 to 2000");
    }
    Membership member = joined(lockspace);
    if (!member.geometry().isHostId(hostId)) {
      throw new LeaseException(
          ErrorCode.EINVAL,
          "lockspace " + lockspace + " has host ids 1 to " + member.geometry().maxHosts());
    }
    boolean fill = generation == 0 && flags.contains(HostEventFlag.CURRENT_GENERATION);
    long told = fill ? member.table().generation(hostId) : generation;
    member
        .notices()
        .setEvent(hostId, new HostEvent(told, event, data), flags, services.clock().bootNanos());
  }

  @Override
  public EventSubscription subscribeEvents(Name lockspace) throws LeaseException {
    if (lockspace.isEmpty()) {
      throw new LeaseException(ErrorCode.EINVAL, "events belong to a lockspace: give its name");
    }
    return joined(lockspace).events().subscribe();
  }

  @Override
  public void examineLockspace(Name lockspace) {
    table.joined(lockspace).filter(MemberLockspace::usable).ifPresent(holders::examineAll);
  }

  @Override
  public List<RenewalRecord> renewalHistory(Name lockspace) throws LeaseException {
    return known(lockspace)
        .membership()
        .map(member -> member.history().records())
        .orElse(List.of());
  }

  @Override
  public void ensureValid(Name lockspace) throws LeaseException {
    table.usable(lockspace);
  }

  /**
   * Leaves all lockspaces and accepts no more; returns when they are left.
   *
   * @param reason told to listeners
   */
  public void leaveAll(LossReason reason) {
    table.close(reason);
    searches.callOffAll();
    while (true) {
      long seen = table.changed().version();
      if (table.list().stream().allMatch(Lockspace::over)) {
        return;
      }
      table.changed().await(seen, LONG);
    }
  }

  /** Accepts no more lockspaces if there is none; whether that is so now. */
  public boolean closeIfEmpty() {
    return table.closeIfEmpty();
  }

  private void awaitThat(Lockspace lockspace, BooleanSupplier condition) {
    while (true) {
      long seen = lockspace.changed().version();
      if (condition.getAsBoolean()) {
        return;
      }
      lockspace.changed().await(seen, LONG);
    }
  }

  private Lockspace find(LockspaceSpec spec) throws LeaseException {
    return table.find(spec).orElseThrow(() -> notJoined(spec.name()));
  }

  private Membership joined(Name lockspace) throws LeaseException {
    return table
        .findJoined(lockspace)
        .flatMap(Lockspace::membership)
        .orElseThrow(() -> notJoined(lockspace));
  }

  private static LeaseException notJoined(Name lockspace) {
    return new LeaseException(ErrorCode.ENOENT, "lockspace " + lockspace + " is not joined");
  }

  private Lockspace known(Name lockspace) throws LeaseException {
    return table
        .find(lockspace)
        .orElseThrow(
            () -> new LeaseException(ErrorCode.ENOSPC, "lockspace " + lockspace + " is not known"));
  }
}
