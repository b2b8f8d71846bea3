// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.DeltaHold;
import dev.leasehold.lease.DeltaRecords;
import dev.leasehold.lease.HostCensus;
import dev.leasehold.lease.HostSighting;
import dev.leasehold.lease.HostViews;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.LeaseEnvironment;
import dev.leasehold.lease.Member;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;

/** A lockspace from its join to its end, as it is given out. Thread-safe. */
final class Membership implements MemberLockspace {

  private final LockspaceSpec spec;
  private final Services services;
  private final LeaseArea area;
  private final Timing timing;
  private final HostLease lease;
  private final HostStatusTable table;
  private final HostNotices notices;
  private final EventHub events;
  private final RenewalHistory history;
  private final Member member;
  private final LeaseEnvironment environment;
  private final CensusTaker census;

  /**
   * @param joined how the join ended
   * @param onLoss see {@link HostLease}
   */
  Membership(
      LockspaceSpec spec,
      Services services,
      LeaseArea area,
      Timing timing,
      HostStatusTable table,
      DeltaHold joined,
      Runnable onLoss) {
    this.spec = spec;
    this.services = services;
    this.area = area;
    this.timing = timing;
    this.table = table;
    this.member = joined.member();
    this.lease = new HostLease(timing, services.clock(), joined, onLoss);
    this.notices =
        new HostNotices(
            spec.hostId(), area.geometry().maxHosts(), tellFor(services, timing).toNanos());
    this.events = new EventHub(services.tasks());
    this.history = new RenewalHistory(services.config().renewalHistorySize());
    this.census = new CensusTaker(area, spec.name(), timing, services.clock());
    this.environment =
        new LeaseEnvironment(
            spec.name(),
            member,
            timing,
            new Hosts(),
            () -> lease.ensureValid(spec.name().toString()),
            services.clock(),
            services.ports().random(),
            services::note);
  }

  /** How long a host is told something, and the least time between accepted requests of a host. */
  static Duration tellFor(Services services, Timing timing) {
    int configured = services.config().setBitmapSeconds();
    return configured == 0 ? timing.setBitmap() : Duration.ofSeconds(configured);
  }

  HostLease lease() {
    return lease;
  }

  HostStatusTable table() {
    return table;
  }

  HostNotices notices() {
    return notices;
  }

  EventHub events() {
    return events;
  }

  RenewalHistory history() {
    return history;
  }

  @Override
  public Name name() {
    return spec.name();
  }

  @Override
  public LockspaceSpec spec() {
    return spec;
  }

  @Override
  public long hostId() {
    return spec.hostId();
  }

  @Override
  public Member member() {
    return member;
  }

  @Override
  public Timing timing() {
    return timing;
  }

  @Override
  public Geometry geometry() {
    return area.geometry();
  }

  @Override
  public HostViews hosts() {
    return environment.hosts();
  }

  @Override
  public long highestHostIdUsed() {
    return Math.max(spec.hostId(), table.highestUsed());
  }

  @Override
  public LeaseEnvironment environment() {
    return environment;
  }

  @Override
  public boolean usable() {
    return lease.check().isEmpty();
  }

  @Override
  public void ensureValid() throws LeaseException {
    environment.validity().ensureValid();
  }

  @Override
  public boolean dead() {
    return lease.lost().isPresent();
  }

  @Override
  public void notifyHost(long hostId) {
    notices.notifyHost(hostId, services.clock().bootNanos());
  }

  /** Gives the lockspace up for good. */
  void lose(LossReason reason, String words) {
    lease.lose(reason, words);
  }

  private final class Hosts implements HostViews {
    @Override
    public int maxHosts() {
      return area.geometry().maxHosts();
    }

    @Override
    public Optional<HostSighting> sighting(long hostId) {
      return table.sighting(hostId);
    }

    @Override
    public LeaderRecord readDelta(long hostId) throws LeaseException {
      if (dead()) {
        throw new LeaseException(
            ErrorCode.ACQUIRE_LOCKSPACE, "lockspace " + spec.name() + " is no longer joined");
      }
      return DeltaRecords.read(area, spec.name(), hostId, timing.io());
    }

    @Override
    public Optional<HostCensus> census() {
      return dead() ? Optional.empty() : census.current();
    }
  }
}
