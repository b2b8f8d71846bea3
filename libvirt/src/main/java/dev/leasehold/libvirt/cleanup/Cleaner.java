// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.lease.LeaseRemoval;
import dev.leasehold.libvirt.cleanup.Item.DiskState;
import dev.leasehold.libvirt.cleanup.Item.Outcome;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import dev.leasehold.storage.TemporaryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Looks through a lease directory and removes what nobody uses. For one cleanup. */
public final class Cleaner {
  private static final Duration LIST = Duration.ofSeconds(60);
  private static final int ENOENT = 2;

  /** 1, 2, 4 and 8 MiB (docs/spec/ondisk.md 2). */
  private static final Set<Long> LEASE_SIZES = Set.of(1L << 20, 2L << 20, 4L << 20, 8L << 20);

  private static final String PROBE = ".leasehold-probe-";

  private final CleanupOptions options;
  private final Storage storage;
  private final KnownDisks disks;
  private final Clock clock;
  private final LeaseRemoval removal;
  private final List<Item> items = Collections.synchronizedList(new ArrayList<>());
  private final List<Candidate> candidates = Collections.synchronizedList(new ArrayList<>());

  /** A lease that nobody seems to use. */
  private record Candidate(String name, Optional<String> disk, DiskState state, long bytes) {
    Item with(Outcome outcome, String words) {
      return new Item(name, outcome, disk, state, bytes, words);
    }
  }

  /**
   * @param ioTimeout of each transfer
   * @param clock wall clock, for the age of files
   */
  public Cleaner(
      CleanupOptions options, Storage storage, KnownDisks disks, Duration ioTimeout, Clock clock) {
    this.options = options;
    this.storage = storage;
    this.disks = disks;
    this.clock = clock;
    this.removal = new LeaseRemoval(storage, Name.of(LeaseholdConfig.LOCKSPACE), ioTimeout);
  }

  /**
   * Looks at every file, and removes leftovers.
   *
   * @return how many leases may be removed; if there are none, no lease need be taken
   * @throws StorageException if the directory cannot be read
   */
  public int survey() throws StorageException {
    List<String> names = storage.list(options.directory(), LIST);
    inParallel(names, this::look);
    return candidates.size();
  }

  private void look(String name) {
    boolean leftover = TemporaryName.is(name) || name.startsWith(PROBE);
    if (!leftover && !LeaseName.is(name)) {
      return;
    }
    Path file = Path.of(options.path(name));
    try {
      BasicFileAttributes status =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!status.isRegularFile()) {
        return;
      }
      if (leftover) {
        leftover(name, status, "left of a file that was being made");
      } else {
        lease(name, file, status);
      }
    } catch (NoSuchFileException e) {
      // Somebody else removed it.
    } catch (IOException e) {
      items.add(item(name, Outcome.FAILED, 0, "cannot be looked at: " + e.getMessage()));
    }
  }

  private void lease(String name, Path file, BasicFileAttributes status) throws IOException {
    LeasePeek peek = LeasePeek.at(file);
    if (peek.content() == LeasePeek.Content.UNFINISHED && mayBecomeALease(status)) {
      leftover(name, status, "empty: its making was interrupted");
      return;
    }
    Optional<String> disk = disks.of(name, peek.disk());
    Candidate candidate = new Candidate(name, disk, KnownDisks.state(disk), status.size());
    switch (peek.content()) {
      case LEASE -> leaseOf(candidate, peek, status);
      case CLEARED -> cleared(candidate, status);
      default ->
          items.add(
              candidate.with(
                  Outcome.FAILED,
                  "not a lease; look at it with leasehold dump, and remove it if no host uses it"));
    }
  }

  /** A file without content in some other directory may be a new image of a disk. */
  private boolean mayBecomeALease(BasicFileAttributes status) {
    long size = status.size();
    return (size == 0 || LEASE_SIZES.contains(size))
        && Files.isRegularFile(Path.of(options.path(LeaseholdConfig.LOCKSPACE)));
  }

  private void leaseOf(Candidate candidate, LeasePeek peek, BasicFileAttributes status) {
    if (isYounger(status, options.olderThan())) {
      items.add(
          candidate.with(
              peek.owned() ? Outcome.IN_USE : Outcome.RECENT, "last written " + age(status)));
    } else if (options.onlyGone() && candidate.state() != DiskState.GONE) {
      items.add(candidate.with(Outcome.KEPT, "nobody need use it, but its disk may exist"));
    } else if (options.dryRun()) {
      items.add(
          candidate.with(
              peek.owned() ? Outcome.IN_USE : Outcome.REMOVED,
              peek.owned() ? "held, as far as its file says" : ""));
    } else {
      candidates.add(candidate);
    }
  }

  /** Whoever cleared it was interrupted before the removal. Nobody can hold it. */
  private void cleared(Candidate candidate, BasicFileAttributes status) {
    if (isYounger(status, CleanupOptions.LEFTOVER_AGE)) {
      items.add(candidate.with(Outcome.RECENT, "about to be removed by another cleanup"));
    } else {
      leftover(candidate.name(), status, "cleared, and its removal was interrupted");
    }
  }

  private void leftover(String name, BasicFileAttributes status, String words) {
    if (isYounger(status, longer(options.olderThan(), CleanupOptions.LEFTOVER_AGE))) {
      items.add(item(name, Outcome.RECENT, status.size(), words + ", " + age(status)));
      return;
    }
    try {
      if (options.dryRun() || removeUnchanged(name, status)) {
        items.add(item(name, Outcome.LEFTOVER_REMOVED, status.size(), words));
      }
    } catch (StorageException e) {
      if (e.errno() != ENOENT) {
        items.add(item(name, Outcome.FAILED, status.size(), String.valueOf(e.getMessage())));
      }
    } catch (IOException e) {
      items.add(item(name, Outcome.FAILED, status.size(), "cannot be removed: " + e.getMessage()));
    }
  }

  /**
   * Nobody can hold such a file, and whoever was making it has long given up; so no lease protects
   * its removal. That the name still leads to what was looked at is asked of the storage itself.
   */
  private boolean removeUnchanged(String name, BasicFileAttributes before)
      throws IOException, StorageException {
    String path = options.path(name);
    if (TemporaryName.is(name) || name.startsWith(PROBE)) {
      return Files.deleteIfExists(Path.of(path));
    }
    try (BlockStore store = storage.open(path, LIST)) {
      LeasePeek.Content content = LeasePeek.at(Path.of(path)).content();
      BasicFileAttributes now =
          Files.readAttributes(Path.of(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean same =
          now.lastModifiedTime().equals(before.lastModifiedTime())
              && now.size() == before.size()
              && Objects.equals(now.fileKey(), before.fileKey())
              && content != LeasePeek.Content.LEASE;
      return same && storage.unlink(path, store, LIST);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private boolean isYounger(BasicFileAttributes status, Duration age) {
    return !age.isZero() && sinceWritten(status).compareTo(age) < 0;
  }

  private Duration sinceWritten(BasicFileAttributes status) {
    return Duration.between(status.lastModifiedTime().toInstant(), Instant.now(clock));
  }

  private String age(BasicFileAttributes status) {
    return Math.max(0, sinceWritten(status).toSeconds()) + " s ago";
  }

  private static Item item(String name, Outcome outcome, long bytes, String words) {
    return new Item(name, outcome, Optional.empty(), DiskState.UNKNOWN, bytes, words);
  }

  /**
   * Removes what {@link #survey} found and nobody holds.
   *
   * @param done told after each file how many there were
   */
  public void remove(Claims claims, Consumer<Integer> done) {
    AtomicInteger count = new AtomicInteger();
    inParallel(
        List.copyOf(candidates),
        candidate -> {
          remove(candidate, claims).ifPresent(items::add);
          done.accept(count.incrementAndGet());
        });
  }

  private Optional<Item> remove(Candidate candidate, Claims claims) {
    return switch (claims.take(candidate.name())) {
      case Claims.InUse inUse -> Optional.of(candidate.with(Outcome.IN_USE, inUse.words()));
      case Claims.Failed failed -> Optional.of(candidate.with(Outcome.FAILED, failed.words()));
      case Claims.Gone _ -> Optional.empty();
      case Claims.Held held -> {
        try {
          removal.remove(
              options.path(candidate.name()),
              Name.of(candidate.name()),
              held.hostId(),
              held.hold()::ensureValid);
          yield Optional.of(candidate.with(Outcome.REMOVED, ""));
        } catch (LeaseException e) {
          yield Optional.of(candidate.with(Outcome.FAILED, e.detail() + " (" + e.code() + ")"));
        } catch (StorageException e) {
          yield Optional.of(candidate.with(Outcome.FAILED, String.valueOf(e.getMessage())));
        } finally {
          held.hold().drop();
        }
      }
    };
  }

  /** What came of every file; to be asked at the end. */
  public CleanupReport report() {
    List<Item> sorted = new ArrayList<>(items);
    sorted.sort(Comparator.comparing(Item::name));
    return new CleanupReport(sorted);
  }

  private <T> void inParallel(List<T> work, Consumer<T> job) {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < Math.min(options.width(), work.size()); i++) {
        workers.execute(
            () -> {
              for (int at = next.getAndIncrement(); at < work.size(); at = next.getAndIncrement()) {
                job.accept(work.get(at));
              }
            });
      }
    }
  }
}
