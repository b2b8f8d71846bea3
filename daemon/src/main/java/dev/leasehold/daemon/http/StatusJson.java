// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import dev.leasehold.daemon.events.Event;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.resource.Holding;
import dev.leasehold.engine.resource.LeaseSnapshot;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** The state of a daemon as the status page shows it; its shape is in docs/metrics.md. */
final class StatusJson {
  private final LeaseManager manager;
  private final Clock clock;
  private final EventLog events;
  private final Neighbours neighbours;
  private final String version;

  StatusJson(
      LeaseManager manager, Clock clock, EventLog events, Neighbours neighbours, String version) {
    this.manager = manager;
    this.clock = clock;
    this.events = events;
    this.neighbours = neighbours;
    this.version = version;
  }

  String text() {
    EngineSnapshot state = manager.state();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("host", manager.config().shownHostName());
    all.put("version", version);
    all.put("time", clock.wallTime().toString());
    all.put("watchdog", state.watchdog());
    all.put("watchdog_protects", state.watchdogProtects());
    all.put("watchdog_armed", state.watchdogArmed());
    all.put("lockspaces", state.lockspaces().stream().map(this::lockspace).toList());
    all.put("leases", leases(state));
    all.put("leases_of_others", neighbours.held().stream().map(StatusJson::other).toList());
    all.put("lease_files_left_out", neighbours.leftOut());
    all.put("events", events.last().stream().map(StatusJson::event).toList());
    return JsonText.of(all);
  }

  private Map<String, Object> lockspace(LockspaceView view) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", view.spec().name().toString());
    one.put("path", view.spec().path());
    one.put("host_id", view.spec().hostId());
    one.put("state", view.dead() ? "failing" : view.state().name().toLowerCase(Locale.ROOT));
    one.put("io_timeout", view.ioTimeout());
    one.put("remaining_seconds", view.remaining().toMillis() / 1000.0);
    one.put(
        "renewed_seconds_ago",
        view.lastSuccess() == 0 ? 0 : Math.max(0, clock.monotonicSeconds() - view.lastSuccess()));
    one.put("hosts", hosts(view));
    one.put("renewals", renewals(view));
    return one;
  }

  private List<Object> hosts(LockspaceView view) {
    List<Object> hosts = new ArrayList<>();
    try {
      long now = clock.bootNanos() / 1_000_000_000L;
      for (HostView host : manager.hosts(view.spec().name(), OptionalLong.empty())) {
        if (host.timestamp() == 0 && host.ownerName().length() == 0) {
          continue;
        }
        boolean own = host.hostId() == view.spec().hostId();
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("host_id", host.hostId());
        one.put("name", name(host, own));
        one.put("raw_name", host.ownerName().toString());
        one.put("state", host.state().name().toLowerCase(Locale.ROOT));
        one.put("own", own);
        one.put("seen_seconds_ago", host.lastLive() == 0 ? -1 : Math.max(0, now - host.lastLive()));
        one.put("io_timeout", host.ioTimeout());
        hosts.add(one);
      }
    } catch (LeaseException e) {
      // Nobody has looked at the hosts yet.
    }
    return hosts;
  }

  private String name(HostView host, boolean own) {
    return own ? manager.config().shownHostName() : HostNames.shown(host.ownerName());
  }

  /** Age in seconds, read and write time in milliseconds, failures after it. */
  private List<Object> renewals(LockspaceView view) {
    try {
      long now = clock.monotonicSeconds();
      List<Object> all = new ArrayList<>();
      for (RenewalRecord record : manager.renewalHistory(view.spec().name())) {
        all.add(
            List.of(
                now - record.timestamp(),
                record.readTime().toNanos() / 1e6,
                record.writeTime().toNanos() / 1e6,
                record.nextTimeouts() + record.nextErrors()));
      }
      return all;
    } catch (LeaseException e) {
      return List.of();
    }
  }

  private static List<Object> leases(EngineSnapshot state) {
    Map<Long, HolderSnapshot> holders = new LinkedHashMap<>();
    for (HolderSnapshot holder : state.resources().holders()) {
      holders.put(holder.id().number(), holder);
    }
    List<Object> leases = new ArrayList<>();
    for (LeaseSnapshot lease : state.resources().leases()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("lockspace", lease.where().id().lockspace().toString());
      one.put("lease", lease.where().id().resource().toString());
      one.put("disk", lease.diskPath().orElse(""));
      one.put("mode", lease.mode().name().toLowerCase(Locale.ROOT));
      one.put("state", lease.state().name().toLowerCase(Locale.ROOT));
      one.put("lver", lease.lver());
      one.put("holders", lease.holders().stream().map(share -> holder(share, holders)).toList());
      leases.add(one);
    }
    return leases;
  }

  private static Map<String, Object> holder(
      LeaseSnapshot.Share share, Map<Long, HolderSnapshot> holders) {
    HolderSnapshot holder = holders.get(share.holder().number());
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("pid", share.pid());
    one.put("name", holder == null ? "" : holder.label().inWords());
    one.put("being_stopped", holder != null && holder.killAttempts() > 0);
    return one;
  }

  private static Map<String, Object> other(Neighbours.Held held) {
    Holding holding = held.holding();
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("lockspace", held.lease().lockspace().toString());
    one.put("lease", held.lease().resource().toString());
    one.put("disk", holding.disk().orElse(""));
    one.put("mode", holding.mode().name().toLowerCase(Locale.ROOT));
    one.put("host_id", holding.hostId());
    one.put("host", holding.hostName().orElse(""));
    one.put("state", held.state());
    one.put("pid", holding.pid().orElse(0));
    one.put("name", holding.who().orElse(""));
    return one;
  }

  private static Map<String, Object> event(Event event) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("time", event.at().toString());
    one.put("event", event.name().text());
    one.put("level", event.name().level().getName().toLowerCase(Locale.ROOT));
    one.put("lockspace", event.lockspace());
    one.put("facts", event.facts());
    one.put("words", event.words());
    return one;
  }
}
