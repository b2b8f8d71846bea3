// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.Holding;
import dev.leasehold.engine.resource.LeaseState;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What other hosts hold of the disk leases in the directories of joined lockspaces, as their files
 * tell. Looks only while somebody asks, on a thread of its own that storage may block: one file at
 * a time, few in a second, and none while the host lease itself waits for the storage. Decides
 * nothing. Thread-safe.
 */
final class Neighbours implements AutoCloseable {
  /** Files that are looked at in one directory. */
  static final int MOST = 1000;

  private static final String LIVE = "live";
  private static final String DEAD = "dead";
  private static final String UNKNOWN = "unknown";
  private static final Duration BETWEEN_FILES = Duration.ofMillis(50);
  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(3);
  private static final Comparator<ResourceId> ORDER = Comparator.comparing(ResourceId::toString);
  private static final long WATCHED_NANOS = Duration.ofSeconds(10).toNanos();

  private final LeaseManager manager;
  private final Map<ResourceId, List<Held>> found = new ConcurrentSkipListMap<>(ORDER);
  private long asked;
  private Optional<Thread> looking = Optional.empty();
  private volatile boolean closed;
  private volatile int leftOut;

  /**
   * A lease that another host holds, or never gave back.
   *
   * @param state of that host: {@code live}, {@code dead} or {@code unknown}
   */
  record Held(ResourceId lease, Holding holding, String state) {}

  Neighbours(LeaseManager manager) {
    this.manager = manager;
  }

  /** What is known by now; somebody looks, so it is looked at again. */
  List<Held> held() {
    watch();
    return found.values().stream().flatMap(List::stream).toList();
  }

  /** How many files of the directories are not looked at, because there are too many. */
  int leftOut() {
    return leftOut;
  }

  private synchronized void watch() {
    asked = System.nanoTime();
    if (looking.isEmpty() && !closed) {
      looking =
          Optional.of(Thread.ofPlatform().daemon().name("leasehold-neighbours").start(this::look));
    }
  }

  private synchronized boolean watched() {
    return !closed && System.nanoTime() - asked < WATCHED_NANOS;
  }

  private void look() {
    while (goOn()) {
      try {
        round();
        Thread.sleep(BETWEEN_ROUNDS);
      } catch (InterruptedException e) {
        // Closed: goOn says so.
      }
    }
  }

  /** What is known grows old when nobody looks, so it is forgotten. */
  private synchronized boolean goOn() {
    if (watched()) {
      return true;
    }
    found.clear();
    looking = Optional.empty();
    return false;
  }

  private void round() throws InterruptedException {
    List<ResourceId> seen = new ArrayList<>();
    int tooMany = 0;
    for (LockspaceView view : manager.lockspaces()) {
      Optional<Path> directory = directory(view);
      if (directory.isEmpty()) {
        continue;
      }
      List<String> names = leases(directory.get());
      tooMany += Math.max(0, names.size() - MOST);
      Set<String> ours = ours(view.spec().name());
      for (String name : names.subList(0, Math.min(MOST, names.size()))) {
        ResourceId lease = ResourceId.of(view.spec().name().toString(), name);
        seen.add(lease);
        if (ours.contains(name)) {
          found.remove(lease);
        } else if (!watched() || !look(lease, directory.get().resolve(name))) {
          return;
        }
      }
    }
    leftOut = tooMany;
    found.keySet().retainAll(Set.copyOf(seen));
  }

  /** Where the leases of guests' disks are: beside the lockspace, if that is a file of its own. */
  private static Optional<Path> directory(LockspaceView view) {
    Path area = Path.of(view.spec().path());
    boolean usable = view.state() == LockspaceState.JOINED && !view.dead();
    boolean ofDisks = view.spec().offset() == 0 && area.endsWith(view.spec().name().toString());
    return usable && ofDisks ? Optional.ofNullable(area.getParent()) : Optional.empty();
  }

  private static List<String> leases(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(LeaseName::is)
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }

  /** Nobody else can have these. */
  private Set<String> ours(Name lockspace) {
    return manager.snapshot().leases().stream()
        .filter(lease -> lease.where().id().lockspace().sameName(lockspace))
        .filter(lease -> lease.mode() == HoldMode.EXCLUSIVE && lease.state() == LeaseState.HELD)
        .map(lease -> lease.where().id().resource().toString())
        .collect(Collectors.toSet());
  }

  /** Looks at one; false if the storage has other worries. */
  private boolean look(ResourceId lease, Path file) throws InterruptedException {
    if (!atEase(lease.lockspace())) {
      return false;
    }
    try {
      ResourceLocation where = ResourceLocation.of(lease, DiskLocation.of(file.toString()));
      List<Held> others =
          manager.whoHolds(where).stream()
              .filter(holding -> !holding.local())
              .map(holding -> new Held(lease, holding, state(lease.lockspace(), holding)))
              .filter(held -> held.holding().mode() != HoldMode.SHARED || held.state().equals(LIVE))
              .toList();
      if (others.isEmpty()) {
        found.remove(lease);
      } else {
        found.put(lease, others);
      }
    } catch (LeaseException e) {
      found.remove(lease);
      if (e.code() == ErrorCode.AIO_TIMEOUT) {
        return false;
      }
    }
    Thread.sleep(BETWEEN_FILES);
    return true;
  }

  /** Sharers that are gone leave their mark (decision 0031): only those that live are shown. */
  private String state(Name lockspace, Holding holding) {
    if (holding.alive().isPresent()) {
      return holding.alive().get() ? LIVE : DEAD;
    }
    return joinedAnew(lockspace, holding) ? DEAD : UNKNOWN;
  }

  private boolean joinedAnew(Name lockspace, Holding holding) {
    try {
      return manager.hosts(lockspace, OptionalLong.of(holding.hostId())).stream()
          .anyMatch(now -> Long.compareUnsigned(now.generation(), holding.generation()) > 0);
    } catch (LeaseException e) {
      return false; // nobody has looked at the hosts yet
    }
  }

  /** Whether the renewals are in time: then more than half of the time is left. */
  private boolean atEase(Name lockspace) {
    return manager
        .lockspace(lockspace)
        .filter(view -> view.remaining().toSeconds() >= 4L * view.ioTimeout())
        .isPresent();
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      looking.ifPresent(Thread::interrupt);
    }
  }
}
