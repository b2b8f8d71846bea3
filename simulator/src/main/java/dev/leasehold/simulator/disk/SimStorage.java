// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import dev.leasehold.simulator.host.Seat;
import dev.leasehold.simulator.kernel.Scheduler;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shared storage as one simulated daemon sees it. */
public final class SimStorage implements Storage {

  private static final int ENOENT = 2;

  private final SimDisk disk;
  private final Seat seat;

  /**
   * Sets it up.
   *
   * @param disk the storage
   * @param seat whose view this is
   */
  public SimStorage(SimDisk disk, Seat seat) {
    this.disk = disk;
    this.seat = seat;
  }

  SimDisk disk() {
    return disk;
  }

  Seat seat() {
    return seat;
  }

  @Override
  public BlockStore open(String path, Duration timeout) throws StorageException {
    return new SimStore(this, opened(path, timeout), path, true);
  }

  @Override
  public BlockStore openReadOnly(String path, Duration timeout) throws StorageException {
    return new SimStore(this, opened(path, timeout), path, false);
  }

  @Override
  public Publication publish(String path, NewFile content, Duration timeout) {
    Optional<SimFile> made = Optional.of(fill(path, content));
    Publish publish = new Publish(path, made.get());
    Fate fate = disk.faults.plan(seat.lane(), timeout.toNanos());
    if (fate.completeAfter() == Fate.HELD) {
      // It may still get its name once the path is back; modelled as within a few timeouts.
      long after = seat.dice().between(0, 4 * timeout.toNanos());
      fate = seat.dice().chance(0.5) ? Fate.done(timeout.toNanos() + after, 0) : fate;
    }
    return switch (run(fate, timeout, publish::takeEffect)) {
      case Outcome.Done _ -> publish.result(this);
      case Outcome.Failed failed -> failure(path, failed, publish);
      case Outcome.Unknown _ -> new Publication.Unknown();
    };
  }

  @Override
  public boolean unlink(String path, BlockStore expected, Duration timeout)
      throws StorageException {
    boolean[] removed = {false};
    await(
        path,
        timeout,
        () -> {
          if (leads(path, expected)) {
            removed[0] = true;
            trace("unlinked " + path);
            disk.unlink(path);
          }
        });
    return removed[0];
  }

  @Override
  public boolean leadsTo(String path, BlockStore store, Duration timeout) throws StorageException {
    boolean[] leads = {false};
    await(path, timeout, () -> leads[0] = leads(path, store));
    return leads[0];
  }

  @Override
  public List<String> list(String directory, Duration timeout) throws StorageException {
    List<String> found = new ArrayList<>();
    String prefix = directory.endsWith("/") ? directory : directory + "/";
    await(
        directory,
        timeout,
        () -> {
          for (String name : disk.names.keySet()) {
            if (name.startsWith(prefix)) {
              found.add(name.substring(prefix.length()));
            }
          }
        });
    return found;
  }

  private SimFile opened(String path, Duration timeout) throws StorageException {
    List<SimFile> found = new ArrayList<>();
    await(path, timeout, () -> disk.find(path).ifPresent(found::add));
    if (found.isEmpty()) {
      throw new StorageException(ENOENT, path, path + ": no such file");
    }
    return found.getFirst();
  }

  private boolean leads(String path, BlockStore store) {
    return disk.find(path).map(file -> file == ((SimStore) store).file()).orElse(false);
  }

  private SimFile fill(String path, NewFile content) {
    SimFile file = disk.newFile(path, content.size());
    content
        .pieces()
        .forEach(
            (offset, bytes) -> {
              for (int at = 0; at < bytes.length; at += file.unit()) {
                file.put(Math.toIntExact((offset + at) / file.unit()), bytes, at);
              }
            });
    return file;
  }

  private Publication failure(String path, Outcome.Failed failed, Publish publish) {
    // An error after the link was made is an unknown outcome, not a failure.
    return publish.linked
        ? new Publication.Unknown()
        : new Publication.Failed(
            new StorageException(failed.errno(), path, path + ": cannot be made"));
  }

  /** Waits for something that takes effect on the name space. */
  private void await(String path, Duration timeout, Runnable effect) throws StorageException {
    Fate fate = disk.faults.plan(seat.lane(), timeout.toNanos());
    switch (run(fate, timeout, effect)) {
      case Outcome.Done _ -> {}
      case Outcome.Failed failed ->
          throw new StorageException(failed.errno(), path, path + ": I/O error");
      case Outcome.Unknown _ ->
          throw new StorageException(
              StorageException.TIMED_OUT, path, path + ": the storage does not answer");
    }
  }

  /** Carries out {@code effect} as {@code fate} has it; {@code Unknown} has no late transfer. */
  private Outcome run(Fate fate, Duration timeout, Runnable effect) {
    seat.enter();
    Scheduler scheduler = seat.scheduler();
    long deadline = seat.deadline(timeout);
    long end =
        fate.completeAfter() == Fate.HELD ? Fate.HELD : scheduler.now() + fate.completeAfter();
    if (fate.effective() && end != Fate.HELD) {
      scheduler.at(scheduler.now() + fate.effectAfter(), effect);
    }
    long wait = Math.min(deadline, end == Fate.HELD ? end : end + 1);
    scheduler.waitUntil(wait);
    if (end < deadline) {
      return fate.errno() == 0 ? Outcome.Done.DONE : new Outcome.Failed(fate.errno(), "name");
    }
    return new Outcome.Unknown(longer -> new Outcome.Unknown(later -> Outcome.Done.DONE));
  }

  private void trace(String text) {
    seat.scheduler().trace().line(seat.scheduler().now(), seat.lane(), 5000, () -> text);
  }

  /** A file about to get its name. */
  private final class Publish {
    private final String path;
    private final SimFile file;
    private boolean linked;
    private boolean taken;

    Publish(String path, SimFile file) {
      this.path = path;
      this.file = file;
    }

    void takeEffect() {
      linked = disk.names.putIfAbsent(path, file) == null;
      taken = !linked;
      if (linked) {
        disk.announce(file, seat.lane());
      }
      trace((linked ? "published " : "name taken: ") + path);
    }

    Publication result(SimStorage storage) {
      return taken
          ? new Publication.NameTaken()
          : new Publication.Created(new SimStore(storage, file, path, true));
    }
  }
}
