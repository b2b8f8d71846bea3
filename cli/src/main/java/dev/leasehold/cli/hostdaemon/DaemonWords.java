// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import dev.leasehold.cli.hostdaemon.DaemonSpace.Health;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.StatusCommands.ClientStatus;
import dev.leasehold.sanlock.client.StatusCommands.LockspaceStatus;
import dev.leasehold.sanlock.client.StatusCommands.ResourceStatus;
import dev.leasehold.sanlock.client.StatusCommands.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words of one STATUS (docs/spec/wire.md 4.21), understood. */
final class DaemonWords {
  private static final String PROTECTS = "watchdog_protects";

  private final Status status;
  private final long monotonic;
  private final long lookClock;

  /**
   * @param bootSeconds of the clock that counts suspended time, now
   */
  DaemonWords(Status status, long bootSeconds) {
    this.status = status;
    this.monotonic = number(status.daemon(), "monotime", 0);
    // Leasehold's daemon notes when it looked at other hosts by another clock than sanlock's.
    this.lookClock = isLeasehold() ? bootSeconds : monotonic;
  }

  private boolean isLeasehold() {
    return status.daemon().containsKey(PROTECTS);
  }

  DaemonWatchdog watchdog() {
    Map<String, String> words = status.daemon();
    boolean configured = flag(words, "use_watchdog");
    return new DaemonWatchdog(
        configured,
        // sanlock's joins nothing unless wdmd takes part.
        isLeasehold() ? flag(words, PROTECTS) : configured,
        isLeasehold() ? Optional.of(number(words, "watchdog_armed", 0)) : Optional.empty(),
        status.lockspaces().stream().map(this::space).filter(DaemonWords::needsWatchdog).count(),
        (int) number(words, "watchdog_fire_timeout", DaemonWatchdog.USUAL));
  }

  /** Of a lost one it is cleared once all holders are dead. */
  private static boolean needsWatchdog(DaemonSpace space) {
    return switch (space.health()) {
      case WELL, FAILING, AT_RISK -> true;
      case JOINING, LEAVING, LOST -> false;
    };
  }

  DaemonSpace space(LockspaceStatus space) {
    Map<String, String> words = space.words();
    int ioTimeout = (int) number(words, "io_timeout", 1);
    Duration unrenewed = ago(monotonic, number(words, "renewal_last_success", monotonic));
    boolean dead = flag(words, "space_dead") || number(words, "corrupt_result", 0) != 0;
    Health health =
        switch (space.list()) {
          case "add" -> Health.JOINING;
          case "rem" -> Health.LEAVING;
          default -> DaemonSpace.health(unrenewed, ioTimeout, flag(words, "renew_fail"), dead);
        };
    return new DaemonSpace(
        space.lockspace().name().toString(),
        space.lockspace().place().path(),
        space.lockspace().hostId(),
        number(words, "host_generation", 0),
        ioTimeout,
        health,
        unrenewed);
  }

  /** Empty if the daemon has not looked yet. */
  Optional<DaemonSighting> sighting(Map<String, String> words, boolean changing) {
    long looked = number(words, "last_check", 0);
    long changed = number(words, "last_live", 0);
    if (looked == 0 || changed == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new DaemonSighting(
            number(words, "owner_generation", 0),
            number(words, "timestamp", 0),
            changing,
            ago(lookClock, looked),
            ago(lookClock, changed)));
  }

  List<DaemonHeld> held(Name lockspace) {
    return status.resources().stream()
        .filter(one -> one.resource().lockspace().equals(lockspace))
        .filter(one -> one.list().equals("held") || one.list().equals("orphan"))
        .map(this::held)
        .toList();
  }

  private DaemonHeld held(ResourceStatus resource) {
    boolean shared = (hex(resource.words().getOrDefault("flags", "0")) & 1) != 0;
    int pid = Math.max(0, resource.pid());
    return new DaemonHeld(resource.resource().name().toString(), shared, pid, process(pid));
  }

  /** As it registered, else its program: it runs on this host. */
  private String process(int pid) {
    return status.clients().stream()
        .filter(client -> client.pid() == pid)
        .map(ClientStatus::ownerName)
        .map(Name::toString)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .or(() -> ProcessHandle.of(pid).flatMap(process -> process.info().command()))
        .map(command -> command.substring(command.lastIndexOf('/') + 1))
        .orElse("");
  }

  private static Duration ago(long now, long then) {
    return Duration.ofSeconds(Math.max(0, now - then));
  }

  private static boolean flag(Map<String, String> words, String name) {
    return number(words, name, 0) != 0;
  }

  private static long hex(String text) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long number(Map<String, String> words, String name, long otherwise) {
    try {
      String text = words.getOrDefault(name, "");
      return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
