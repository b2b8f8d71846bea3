// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps the lockspace of the lease directory joined: makes it, joins it, and joins it again
 * whenever it was lost, for as long as it takes (docs/spec/libvirt-sanlock.md 8, rows 1, 5, 6). Who
 * needs it waits for it here. Thread-safe.
 */
final class LockspaceKeeper implements AutoCloseable {
  static final Name LOCKSPACE = Name.of(LeaseholdConfig.LOCKSPACE);

  /** While joined, how often it is looked whether it still is; losses are told at once. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Making the file is three steps of a minute at the most. */
  private static final Duration PROVIDE = Duration.ofMinutes(4);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final int RETIRE_TRIES = 20;

  private final LeaseManager manager;
  private final LeaseholdConfig config;
  private final LockspaceFile file;
  private final Aside aside = new Aside(PROVIDE);
  private final LastHostId lastHostId;
  private final Tasks tasks;
  private final Tasks.Signal changed;
  private final Tasks.Signal wanted;
  private final Log log;
  private final LeaseListener listener = new Listener();

  private State state = new State.Joining();
  private long attempts;
  private String lastWords = "";
  private volatile boolean closed;
  private volatile boolean retired;

  /** Where the work stands. */
  private sealed interface State {
    /** An attempt is under way. */
    record Joining() implements State {}

    /** There. */
    record Joined() implements State {}

    /** The last attempt failed, in these words; another one follows. */
    record Failed(String words) implements State {}
  }

  LockspaceKeeper(
      LeaseManager manager,
      Storage storage,
      Tasks tasks,
      LeaseholdConfig config,
      Path stateDirectory,
      Log log) {
    this.manager = manager;
    this.config = config;
    this.file = new LockspaceFile(config, storage);
    this.lastHostId = new LastHostId(stateDirectory, config.diskLeaseDir());
    this.tasks = tasks;
    this.changed = tasks.newSignal();
    this.wanted = tasks.newSignal();
    this.log = log;
  }

  /** Begins to join; returns at once. */
  void start() {
    manager.addListener(listener);
    tasks.start("libvirt lockspace", this::run);
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      long seen = wanted.version();
      if (retired || isJoined()) {
        pause = FIRST_PAUSE;
        wanted.await(seen, LOOK);
        continue;
      }
      become(new State.Joining());
      try {
        if (join()) {
          become(new State.Joined());
        } else {
          tasks.sleep(FIRST_PAUSE);
        }
      } catch (LeaseFailure e) {
        failed(e.words());
        wanted.await(seen, pause);
        pause = longer(pause);
      } catch (RuntimeException e) {
        // A fault of ours must not keep this host out until somebody restarts the daemon.
        failed(
            "the lockspace " + config.lockspacePath() + " cannot be joined: internal error " + e);
        wanted.await(seen, pause);
        pause = longer(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /**
   * One attempt.
   *
   * @return false if somebody else's join or leave, through another door, is not over yet
   */
  private boolean join() throws LeaseFailure {
    Optional<LockspaceView> known = known();
    if (known.isPresent() && !known.get().spec().path().equals(config.lockspacePath())) {
      throw LeaseFailure.unavailable(
          "lockspace "
              + LOCKSPACE
              + " is joined at "
              + known.get().spec().path()
              + ", the configuration has it at "
              + config.lockspacePath());
    }
    if (known.isPresent()) {
      return awaitOther(known.get());
    }
    aside.get(config.lockspacePath(), this::provide);
    try {
      LockspaceView view = add();
      lastHostId.remember(view.spec().hostId());
      log.info(
          "joined "
              + config.lockspacePath()
              + " as host id "
              + view.spec().hostId()
              + " (io timeout "
              + view.ioTimeout()
              + " s)");
      return true;
    } catch (LeaseException e) {
      return switch (e.code()) {
        // Somebody was faster, through another door: the next round sees it.
        case EEXIST, EINPROGRESS, EAGAIN -> false;
        default -> throw cannotJoin(e);
      };
    }
  }

  private boolean provide() throws LeaseFailure {
    file.provide();
    return true;
  }

  private LockspaceView add() throws LeaseException {
    JoinOptions options = JoinOptions.DEFAULT.withIoTimeout(config.ioTimeout());
    if (config.hostId().isPresent()) {
      LockspaceSpec spec =
          LockspaceSpec.of(
              LeaseholdConfig.LOCKSPACE, config.hostId().getAsInt(), config.lockspacePath());
      return manager.addLockspace(spec, options);
    }
    AutoHostId choice =
        lastHostId.get().isPresent()
            ? AutoHostId.preferring(lastHostId.get().getAsLong())
            : AutoHostId.ANY;
    return manager.addLockspace(LOCKSPACE, config.lockspacePath(), 0, choice, options);
  }

  private LeaseFailure cannotJoin(LeaseException e) {
    return Refusals.unavailable("the lockspace " + config.lockspacePath() + " cannot be joined", e);
  }

  /** Joined, or being joined or left, by a client of the sanlock socket. */
  private boolean awaitOther(LockspaceView view) throws LeaseFailure {
    try {
      manager.awaitLockspace(view.spec().withHostId(0), Duration.ofSeconds(1));
    } catch (LeaseException e) {
      return false;
    }
    if (isJoined()) {
      return true;
    }
    throw LeaseFailure.unavailable(
        "this host has lost its lease in "
            + config.lockspacePath()
            + "; it is joined again as soon as every guest that held leases there is gone");
  }

  private Optional<LockspaceView> known() {
    return manager.lockspaces().stream()
        .filter(view -> view.spec().name().sameName(LOCKSPACE))
        .findFirst();
  }

  /** Joined at the right place, and good. */
  private boolean isJoined() {
    Optional<LockspaceView> view = manager.lockspace(LOCKSPACE);
    return view.isPresent()
        && !view.get().dead()
        && view.get().spec().path().equals(config.lockspacePath());
  }

  private void failed(String words) {
    boolean news;
    synchronized (this) {
      news = !lastWords.equals(words);
      lastWords = words;
    }
    become(new State.Failed(words));
    if (news && !closed) {
      log.warn(words + "; it is tried again and again");
    }
  }

  private void become(State next) {
    synchronized (this) {
      state = next;
      if (next instanceof State.Failed) {
        attempts++;
      }
      if (next instanceof State.Joined) {
        lastWords = "";
      }
    }
    changed.raise();
  }

  /**
   * Returns when the lockspace is joined. While it is being joined this waits for as long as that
   * may rightly take; if an attempt that began after the call fails, it says why.
   *
   * @param limit of the whole wait
   */
  void await(Duration limit) throws LeaseFailure {
    if (isJoined()) {
      return;
    }
    // Something else may keep a daemon running that was asked to end: then it serves on.
    retired = false;
    long failuresBefore = failures();
    // One attempt may be half way through already: its failure is news enough.
    wanted.raise();
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      long seen = changed.version();
      if (isJoined()) {
        return;
      }
      if (closed) {
        throw LeaseFailure.unavailable("the lock daemon is ending; try again when it runs");
      }
      Optional<String> failure = failureSince(failuresBefore);
      if (failure.isPresent()) {
        throw LeaseFailure.unavailable(failure.get());
      }
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        throw LeaseFailure.unavailable(
            "the lockspace "
                + config.lockspacePath()
                + " is still being joined after "
                + limit.toSeconds()
                + " s (a host id that was not given back is waited for); try again later");
      }
      changed.await(seen, left.compareTo(LOOK) < 0 ? left : LOOK);
    }
  }

  private synchronized long failures() {
    return attempts;
  }

  private synchronized Optional<String> failureSince(long before) {
    return attempts > before && state instanceof State.Failed failed
        ? Optional.of(failed.words())
        : Optional.empty();
  }

  /**
   * Leaves the lockspace if nobody uses it, because the daemon is asked to end.
   *
   * @return whether it is left, or was not joined
   */
  boolean retire() {
    retired = true;
    Optional<LeaseException> refusal = leave();
    for (int i = 0; i < RETIRE_TRIES && refusal.isPresent() && !hasHolders(); i++) {
      // A guest has just ended: its leases are on their way.
      tasks.sleep(FIRST_PAUSE);
      refusal = leave();
    }
    if (refusal.isEmpty()) {
      return true;
    }
    log.info("the lockspace " + config.lockspacePath() + " is kept: " + refusal.get().detail());
    retired = false;
    wanted.raise();
    return false;
  }

  private Optional<LeaseException> leave() {
    Optional<LockspaceView> view = known();
    if (view.isEmpty()) {
      return Optional.empty();
    }
    try {
      manager.removeLockspace(view.get().spec(), true);
      return Optional.empty();
    } catch (LeaseException e) {
      return e.code() == ErrorCode.ENOENT ? Optional.empty() : Optional.of(e);
    }
  }

  private boolean hasHolders() {
    return manager.state().resources().leases().stream()
        .anyMatch(
            lease ->
                lease.where().id().lockspace().sameName(LOCKSPACE) && !lease.holders().isEmpty());
  }

  @Override
  public void close() {
    closed = true;
    manager.removeListener(listener);
    wanted.raise();
    changed.raise();
  }

  /** Reacts at once where the loop would only look later. */
  private final class Listener implements LeaseListener {
    @Override
    public void lost(Name lockspace, LossReason reason, String words) {
      if (lockspace.sameName(LOCKSPACE)) {
        log.warn("the leases in " + config.diskLeaseDir() + " are lost: " + words);
        wanted.raise();
      }
    }

    @Override
    public void gone(Name lockspace) {
      if (lockspace.sameName(LOCKSPACE)) {
        wanted.raise();
      }
    }

    @Override
    public void atRisk(Name lockspace, Duration remaining) {
      if (lockspace.sameName(LOCKSPACE)) {
        log.warn(
            "the leases in "
                + config.diskLeaseDir()
                + " cannot be renewed; they are lost in "
                + remaining.toSeconds()
                + " s unless the storage answers");
      }
    }

    @Override
    public void outOfRisk(Name lockspace) {
      if (lockspace.sameName(LOCKSPACE)) {
        log.info("the leases in " + config.diskLeaseDir() + " are renewed again");
      }
    }
  }
}
