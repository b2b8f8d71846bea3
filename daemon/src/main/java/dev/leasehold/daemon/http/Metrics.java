// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.daemon.events.EventName;
import dev.leasehold.daemon.io.IoCounts;
import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.HostState;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.engine.resource.LeaseSnapshot;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.lease.Clock;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Every metric there is; docs/metrics.md is held against this list by a test. Gauges are set when
 * somebody asks, what is counted only while somebody listens is told by the engine. Thread-safe.
 */
final class Metrics implements LeaseListener {
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();

  private final Info info =
      Info.builder()
          .name("leasehold_info")
          .help("Always 1; says what runs.")
          .labelNames("version", "host")
          .register(registry);
  private final Gauge watchdog =
      gauge("leasehold_watchdog_protects", "1 if a watchdog resets this host when it must.");
  private final Gauge joined =
      gauge("leasehold_lockspace_joined", "1 if joined, 0 while joining or leaving.", "lockspace");
  private final Gauge ioTimeout =
      gauge("leasehold_io_timeout_seconds", "The io timeout of the lockspace.", "lockspace");
  private final Gauge remaining =
      gauge(
          "leasehold_lease_remaining_seconds",
          "How long the leases are still good without another renewal; 0: lost.",
          "lockspace");
  private final Gauge age =
      gauge(
          "leasehold_renewal_age_seconds",
          "Time since the last renewal that reached the storage.",
          "lockspace");
  private final Gauge readTime =
      gauge("leasehold_renewal_read_seconds", "Read time of the last renewal.", "lockspace");
  private final Gauge writeTime =
      gauge("leasehold_renewal_write_seconds", "Write time of the last renewal.", "lockspace");
  private final Gauge hosts =
      gauge("leasehold_hosts", "Hosts of the lockspace by state.", "lockspace", "state");
  private final Gauge leases =
      gauge("leasehold_leases_held", "Leases that this host holds.", "lockspace", "mode");
  private final Gauge holders =
      gauge("leasehold_holders", "Processes that are registered, with leases or without.");
  private final Gauge memory =
      gauge("leasehold_jvm_memory_used_bytes", "Memory of the JVM in use.", "area");
  private final Gauge threads = gauge("leasehold_jvm_threads", "Platform threads of the JVM.");
  private final Gauge collections =
      gauge("leasehold_jvm_gc_seconds", "Time spent collecting garbage since the start.");
  private final Gauge uptime = gauge("leasehold_uptime_seconds", "Time since the JVM started.");
  private final Counter renewals =
      counter("leasehold_renewals", "Renewals by outcome: ok or failed.", "lockspace", "outcome");
  private final Counter acquires =
      counter(
          "leasehold_acquires",
          "Requests for leases; reason is \"granted\", or the code of the refusal.",
          "reason");
  private final Histogram acquireTime =
      Histogram.builder()
          .name("leasehold_acquire_seconds")
          .help("How long granted requests for leases took.")
          .classicOnly()
          .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 120)
          .register(registry);

  /**
   * All of them, with nothing counted yet.
   *
   * @param io counts transfers by itself; they are read when somebody asks
   * @param events likewise
   */
  Metrics(IoCounts io, EventLog events) {
    CounterWithCallback.builder()
        .name("leasehold_io")
        .help("Reads and writes of lease areas by what they were at their deadline.")
        .labelNames("kind", "operation", "outcome")
        .callback(callback -> transfers(io, callback))
        .register(registry);
    CounterWithCallback.builder()
        .name("leasehold_events")
        .help("Events by name; docs/runbook.md explains each.")
        .labelNames("event")
        .callback(callback -> happened(events, callback))
        .register(registry);
  }

  private static void happened(EventLog events, CounterWithCallback.Callback callback) {
    for (EventName name : EventName.values()) {
      callback.call((double) events.count(name), name.text());
    }
  }

  private static void transfers(IoCounts io, CounterWithCallback.Callback callback) {
    for (IoCounts.Kind kind : IoCounts.Kind.values()) {
      for (IoCounts.Operation operation : IoCounts.Operation.values()) {
        for (IoCounts.Result result : IoCounts.Result.values()) {
          long count = io.count(kind, operation, result);
          callback.call((double) count, kind.text(), operation.text(), result.text());
        }
      }
    }
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  @Override
  public void renewed(Name lockspace, long timestamp) {
    renewals.labelValues(lockspace.toString(), "ok").inc();
  }

  @Override
  public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
    renewals.labelValues(lockspace.toString(), "failed").inc();
  }

  @Override
  public void acquireEnded(Optional<Refusal> refusal, Duration took) {
    acquires.labelValues(refusal.map(why -> why.code().name()).orElse("granted")).inc();
    if (refusal.isEmpty()) {
      acquireTime.observe(took.toNanos() / NANOS);
    }
  }

  /** Writes all of them in the text format of Prometheus. */
  synchronized void write(LeaseManager manager, Clock clock, String version, OutputStream out)
      throws IOException {
    EngineSnapshot state = manager.state();
    clear();
    info.setLabelValues(version, manager.config().shownHostName());
    watchdog.set(state.watchdogProtects() ? 1 : 0);
    for (LockspaceView view : state.lockspaces()) {
      set(manager, clock, view);
    }
    for (LeaseSnapshot lease : state.resources().leases()) {
      String mode = lease.mode() == HoldMode.SHARED ? "shared" : "exclusive";
      leases.labelValues(lease.where().id().lockspace().toString(), mode).inc();
    }
    holders.set(state.resources().holders().size());
    jvm();
    writer.write(out, registry.scrape());
  }

  /** What is not there any more must not be shown. */
  private void clear() {
    List.of(joined, ioTimeout, remaining, age, readTime, writeTime, hosts, leases)
        .forEach(Gauge::clear);
  }

  private void set(LeaseManager manager, Clock clock, LockspaceView view) {
    String name = view.spec().name().toString();
    boolean in = view.state() == dev.leasehold.engine.LockspaceState.JOINED;
    joined.labelValues(name).set(in && !view.dead() ? 1 : 0);
    ioTimeout.labelValues(name).set(view.ioTimeout());
    if (!in) {
      return;
    }
    remaining.labelValues(name).set(view.remaining().toNanos() / NANOS);
    age.labelValues(name).set((double) Math.max(0, clock.monotonicSeconds() - view.lastSuccess()));
    try {
      List<RenewalRecord> history = manager.renewalHistory(view.spec().name());
      if (!history.isEmpty()) {
        readTime.labelValues(name).set(history.getLast().readTime().toNanos() / NANOS);
        writeTime.labelValues(name).set(history.getLast().writeTime().toNanos() / NANOS);
      }
      for (HostState each : HostState.values()) {
        hosts.labelValues(name, word(each)).set(0);
      }
      manager
          .hosts(view.spec().name(), OptionalLong.empty())
          .forEach(host -> hosts.labelValues(name, word(host.state())).inc());
    } catch (LeaseException e) {
      // It was left meanwhile, or nobody has looked at the hosts yet.
    }
  }

  private static String word(HostState state) {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  private void jvm() {
    var beans = ManagementFactory.getMemoryMXBean();
    memory.labelValues("heap").set((double) beans.getHeapMemoryUsage().getUsed());
    memory.labelValues("other").set((double) beans.getNonHeapMemoryUsage().getUsed());
    threads.set(ManagementFactory.getThreadMXBean().getThreadCount());
    long millis =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(bean -> Math.max(0, bean.getCollectionTime()))
            .sum();
    collections.set(millis / 1000.0);
    uptime.set(ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
  }
}
