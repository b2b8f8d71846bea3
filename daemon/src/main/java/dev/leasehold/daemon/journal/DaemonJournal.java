// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import dev.leasehold.daemon.journal.JournalText.Held;
import dev.leasehold.daemon.journal.JournalText.Space;
import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.port.HolderJournal;
import dev.leasehold.engine.resource.LeaseSnapshot;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Writes down which processes may have leases of which lockspaces: before they may, and again when
 * they no longer do. Thread-safe.
 */
public final class DaemonJournal implements HolderJournal {
  private final JournalFile file;
  private final Leftovers leftovers;
  private final Consumer<String> warning;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<HolderId, List<Set<Name>>> acquiring = new HashMap<>();
  private Optional<LeaseManager> manager = Optional.empty();
  private String last = "";

  DaemonJournal(JournalFile file, Leftovers leftovers, Consumer<String> warning) {
    this.file = file;
    this.leftovers = leftovers;
    this.warning = warning;
  }

  /** From now on it writes what this engine has. */
  public void follow(LeaseManager engine) {
    lock.lock();
    try {
      manager = Optional.of(engine);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void acquiring(HolderId holder, Set<Name> lockspaces) throws LeaseException {
    lock.lock();
    try {
      List<Set<Name>> mine = acquiring.computeIfAbsent(holder, id -> new ArrayList<>());
      mine.add(Set.copyOf(lockspaces));
      try {
        write();
      } catch (IOException e) {
        forget(holder, lockspaces);
        throw new LeaseException(
            ErrorCode.EIO,
            "it cannot be noted in " + file.path() + " who has leases: " + e.getMessage());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void acquired(HolderId holder, Set<Name> lockspaces) {
    lock.lock();
    try {
      forget(holder, lockspaces);
    } finally {
      lock.unlock();
    }
    // What was granted is noted already; what was refused may stay there until the next change.
  }

  /** The others of this holder are acquisitions that are under way. */
  private void forget(HolderId holder, Set<Name> lockspaces) {
    List<Set<Name>> mine = acquiring.get(holder);
    if (mine != null) {
      mine.remove(Set.copyOf(lockspaces));
      if (mine.isEmpty()) {
        acquiring.remove(holder);
      }
    }
  }

  @Override
  public void released() {
    refresh();
  }

  /** Notes what there is now, also when the lockspaces were last renewed. */
  public void refresh() {
    lock.lock();
    try {
      write();
    } catch (IOException e) {
      // Too much is noted then, which is the safe side.
      warning.accept(file.path() + " cannot be written: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  private void write() throws IOException {
    if (manager.isEmpty()) {
      return;
    }
    JournalText text = text(manager.get().state());
    String encoded = text.encode();
    if (!encoded.equals(last)) {
      file.write(text);
      last = encoded;
    }
  }

  private JournalText text(EngineSnapshot engine) {
    Map<HolderId, Set<Name>> names = new LinkedHashMap<>();
    for (LeaseSnapshot lease : engine.resources().leases()) {
      for (LeaseSnapshot.Share share : lease.holders()) {
        names
            .computeIfAbsent(share.holder(), id -> new LinkedHashSet<>())
            .add(lease.where().id().lockspace());
      }
    }
    acquiring.forEach(
        (holder, sets) ->
            sets.forEach(
                set -> names.computeIfAbsent(holder, id -> new LinkedHashSet<>()).addAll(set)));
    List<Held> held = new ArrayList<>(leftovers.held());
    // Of one lockspace the first line counts: the time that the leftovers have.
    List<Space> spaces = new ArrayList<>(leftovers.spaces());
    for (HolderSnapshot holder : engine.resources().holders()) {
      for (Name name : names.getOrDefault(holder.id(), Set.of())) {
        held.add(new Held(holder.process(), name, holder.restrictions(), holder.killPath()));
      }
    }
    if (!held.isEmpty()) {
      engine.lockspaces().stream()
          .map(view -> new Space(view.spec().name(), view.lastSuccess(), view.ioTimeout()))
          .forEach(spaces::add);
    }
    return new JournalText(engine.bootId(), spaces, held);
  }
}
