// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.Stopper;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that takes leases from a holder: the release commands, and the end of the holder
 * (docs/spec/algorithms.md 5.3, 5.5). Thread-safe.
 */
final class ReleaseCommands {
  private final EngineContext context;
  private final Releaser releaser;
  private final Notes notes;
  private final Stopper stopper;

  ReleaseCommands(EngineContext context, Releaser releaser, Notes notes, Stopper stopper) {
    this.context = context;
    this.releaser = releaser;
    this.notes = notes;
    this.stopper = stopper;
  }

  /** The list form. */
  void release(HolderId holder, List<ResourceId> resources) throws LeaseException {
    List<Token> tokens = new ArrayList<>();
    Set<Token> found = new HashSet<>();
    Optional<ResourceId> missing = Optional.empty();
    List<Token> held = context.table.tokensOf(holder);
    for (ResourceId id : resources) {
      Optional<Token> token =
          held.stream().filter(t -> t.entry.id().equals(id) && !found.contains(t)).findFirst();
      if (token.isPresent()) {
        found.add(token.get());
        tokens.add(token.get());
      } else {
        missing = Optional.of(id);
      }
    }
    Optional<LeaseException> fault = releaseTokens(holder, tokens);
    if (missing.isPresent()) {
      throw new LeaseException(
          ErrorCode.EPERM, "resource " + missing.get() + " is not held by " + holder);
    }
    if (fault.isPresent()) {
      throw fault.get();
    }
  }

  /** The ALL form. */
  void releaseAll(HolderId holder) throws LeaseException {
    Optional<LeaseException> fault = releaseTokens(holder, context.table.tokensOf(holder));
    if (fault.isPresent()) {
      throw fault.get();
    }
  }

  /** The RENAME form. */
  void releaseRenamed(HolderId holder, ResourceId resource, Name newName) throws LeaseException {
    Optional<Token> token =
        context.table.tokensOf(holder).stream()
            .filter(t -> t.entry.id().equals(resource))
            .findFirst();
    if (token.isEmpty()) {
      throw new LeaseException(
          ErrorCode.EPERM, "resource " + resource + " is not held by " + holder);
    }
    Optional<LeaseException> fault = Optional.empty();
    if (drop(token.get(), false) == ResourceTable.Fate.TO_RELEASE) {
      fault = releaser.now(token.get().entry, Optional.of(newName));
    }
    reprieveIfEmpty(holder);
    if (fault.isPresent()) {
      throw fault.get();
    }
  }

  /** Takes the tokens away at once; the result is that of the last that failed, in their order. */
  private Optional<LeaseException> releaseTokens(HolderId holder, List<Token> tokens) {
    List<Entry> toRelease = new ArrayList<>();
    for (Token token : tokens) {
      if (drop(token, false) == ResourceTable.Fate.TO_RELEASE) {
        toRelease.add(token.entry);
      }
    }
    List<Optional<LeaseException>> results = releaser.nowAll(toRelease);
    reprieveIfEmpty(holder);
    return results.stream().flatMap(Optional::stream).reduce((earlier, later) -> later);
  }

  private ResourceTable.Fate drop(Token token, boolean orphaning) {
    ResourceTable.Fate fate = context.table.drop(token, orphaning);
    if (fate == ResourceTable.Fate.KEPT) {
      // The note named the holder that left.
      notes.refresh(token.entry);
    }
    return fate;
  }

  /** A holder that gave up everything lives on (4.6). */
  private void reprieveIfEmpty(HolderId holder) {
    if (context.table.tokensOf(holder).isEmpty()) {
      stopper.reprieve(holder);
    }
  }

  /** A registration ends: by its process, or by its connection. */
  void ended(HolderId holder) {
    boolean now = context.holders.markEnded(holder);
    context.callOff(wait -> wait.holder.equals(holder), Waiting.Reason.HOLDER_ENDED);
    if (now) {
      giveUpAll(holder);
    }
  }

  /** Ends a command; if the holder ended meanwhile, its leases are given up now. */
  void endCommand(HolderId holder) {
    if (context.holders.end(holder)) {
      giveUpAll(holder);
    }
  }

  private void giveUpAll(HolderId holder) {
    for (Token token : context.table.tokensOf(holder)) {
      // In a dead lockspace even a persistent lease is lost.
      if (drop(token, !token.entry.member.dead()) == ResourceTable.Fate.TO_RELEASE) {
        releaser.later(token.entry);
      }
    }
    context.holders.remove(holder);
  }

  /** The ORPHAN form. */
  int releaseOrphans(Name lockspace, Optional<Name> resource) {
    List<Entry> orphans =
        context.table.takeOrphans(
            entry ->
                entry.id().lockspace().sameName(lockspace)
                    && (resource.isEmpty() || entry.id().resource().sameName(resource.get())));
    orphans.forEach(releaser::later);
    return orphans.size();
  }
}
