// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.engine.holder.HolderTable;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The resources known here, one entry for each pair of names, and the slots of the holders
 * (docs/spec/algorithms.md 3.7). Thread-safe by the lock that it shares with the holders; does no
 * I/O and calls no port.
 */
final class ResourceTable {
  private final Object lock;
  private final HolderTable holders;
  private final Map<ResourceId, Entry> entries = new LinkedHashMap<>();
  private final Map<HolderId, TreeMap<Integer, Token>> slots = new TreeMap<>();
  private final Set<ResourceId> formatting = new HashSet<>();

  ResourceTable(Object lock, HolderTable holders) {
    this.lock = lock;
    this.holders = holders;
  }

  /**
   * The checks of 3.7, in their order, for one resource of a command.
   *
   * @param mine entries that this command is acquiring already
   */
  Place place(
      LeaseRequest request,
      AcquireOptions options,
      HolderSnapshot holder,
      MemberLockspace member,
      Collection<Entry> mine) {
    synchronized (lock) {
      if (formatting.contains(request.where().id())) {
        return refused(ErrorCode.EBUSY, "its lease is being initialised", Optional.empty());
      }
      Entry known = entries.get(request.where().id());
      if (known == null) {
        return absent(request, options, holder, member);
      }
      Optional<Token> other = known.tokens.stream().findFirst();
      return switch (known.state) {
        case RELEASING -> refused(ErrorCode.EAGAIN, "it is still being released", other);
        case CONVERTING -> refused(ErrorCode.EBUSY, "it is being converted", other);
        case ACQUIRING ->
            mine.contains(known)
                ? held(known, request, options, holder)
                : refused(ErrorCode.EBUSY, "another process here is acquiring it", other);
        case HELD -> held(known, request, options, holder);
        case ORPHAN -> orphan(known, request, options, holder);
      };
    }
  }

  private static Place refused(ErrorCode code, String detail, Optional<Token> holder) {
    return new Place.Refused(code, detail, holder);
  }

  private Place absent(
      LeaseRequest request, AcquireOptions options, HolderSnapshot holder, MemberLockspace member) {
    if (options.orphanOnly()) {
      return refused(ErrorCode.ENOENT, "there is no orphan of it", Optional.empty());
    }
    Entry entry = new Entry(request, member);
    entries.put(entry.id(), entry);
    return new Place.Fresh(addToken(entry, request, holder));
  }

  private Place held(
      Entry entry, LeaseRequest request, AcquireOptions options, HolderSnapshot holder) {
    if (entry.faulty || entry.retracting) {
      return refused(ErrorCode.EAGAIN, "a failed conversion of it is being undone", first(entry));
    }
    if (options.reentrant() && entry.mode == request.mode()) {
      Optional<Token> own =
          entry.tokens.stream().filter(t -> t.holder.equals(holder.id())).findFirst();
      if (own.isPresent()) {
        return new Place.Again(own.get());
      }
      if (entry.tokens.stream().anyMatch(t -> holders.sameProcess(t.holder, holder.id()))) {
        return new Place.Joined(addToken(entry, request, holder));
      }
    }
    if (request.mode() == HoldMode.SHARED && entry.mode == HoldMode.SHARED) {
      return new Place.Joined(addToken(entry, request, holder));
    }
    return refused(ErrorCode.EEXIST, "it is held on this host", first(entry));
  }

  private Place orphan(
      Entry entry, LeaseRequest request, AcquireOptions options, HolderSnapshot holder) {
    boolean adopting = options.orphan() || options.orphanOnly();
    if (!adopting || entry.mode != request.mode()) {
      return refused(
          ErrorCode.EUCLEAN,
          adopting
              ? "it is an orphan that is held in the other mode"
              : "it is an orphan of a process that has ended",
          Optional.empty());
    }
    entry.state = LeaseState.HELD;
    return new Place.Adopted(addToken(entry, request, holder));
  }

  private static Optional<Token> first(Entry entry) {
    return entry.tokens.stream().findFirst();
  }

  private static Token addToken(Entry entry, LeaseRequest request, HolderSnapshot holder) {
    Token token = new Token(entry, holder, request.persistent());
    entry.tokens.add(token);
    return token;
  }

  /**
   * Grants leases: from now on the holder is stopped if their lockspace fails. New tokens get the
   * lowest free slots, in order.
   *
   * @return false if the holder has ended, and nothing was granted
   * @throws IllegalStateException if one of the leases is not held; nothing was granted
   */
  boolean grant(HolderId holder, List<Token> tokens) {
    synchronized (lock) {
      tokens.forEach(token -> requireHeld(token.entry));
      if (!holders.living(holder)) {
        return false;
      }
      TreeMap<Integer, Token> own = slots.computeIfAbsent(holder, h -> new TreeMap<>());
      for (Token token : tokens) {
        if (!token.granted()) {
          token.slot = Token.lowestFree(own.keySet());
          own.put(token.slot, token);
        }
        if (token.entry.state == LeaseState.ACQUIRING) {
          token.entry.state = LeaseState.HELD;
        }
      }
      return true;
    }
  }

  /** Whoever says so: nothing is granted that is not known to be on the disk. */
  private static void requireHeld(Entry entry) {
    if (entry.hold.isEmpty() || entry.state == LeaseState.RELEASING) {
      throw new IllegalStateException(
          "internal error: resource " + entry.id() + " is not held, and not granted");
    }
  }

  /** What becomes of an entry when a token is taken from it. */
  enum Fate {
    /** Others hold it, or it was given up before. */
    KEPT,
    /** It became an orphan. */
    ORPHANED,
    /** Nobody holds it: it is RELEASING now, and the caller is to release it. */
    TO_RELEASE
  }

  /**
   * Takes a token away (5.3, 5.5).
   *
   * @param orphaning if it was the last and is persistent, the lease is kept as an orphan
   */
  Fate drop(Token token, boolean orphaning) {
    synchronized (lock) {
      Entry entry = token.entry;
      boolean there = entry.tokens.remove(token);
      vacate(token);
      if (!there || !entry.tokens.isEmpty()) {
        return Fate.KEPT;
      }
      if (orphaning && token.persistent && entry.hold.isPresent() && !entry.faulty) {
        entry.state = LeaseState.ORPHAN;
        return Fate.ORPHANED;
      }
      entry.state = LeaseState.RELEASING;
      return Fate.TO_RELEASE;
    }
  }

  /** Takes the token of an adoption that came to nothing away: an orphan again. */
  void unadopt(Token token) {
    synchronized (lock) {
      token.entry.tokens.remove(token);
      vacate(token);
      if (token.entry.tokens.isEmpty() && token.entry.state == LeaseState.HELD) {
        token.entry.state = LeaseState.ORPHAN;
      }
    }
  }

  private void vacate(Token token) {
    TreeMap<Integer, Token> own = slots.get(token.holder);
    if (own != null && token.granted() && own.get(token.slot) == token) {
      own.remove(token.slot);
      if (own.isEmpty()) {
        slots.remove(token.holder);
      }
    }
    token.slot = Token.NO_SLOT;
  }

  /** The granted tokens of a holder in slot order. */
  List<Token> tokensOf(HolderId holder) {
    synchronized (lock) {
      return List.copyOf(slots.getOrDefault(holder, new TreeMap<>()).values());
    }
  }

  /** The leases of a holder in slot order. */
  List<HeldLease> leasesOf(HolderId holder) {
    synchronized (lock) {
      return slots.getOrDefault(holder, new TreeMap<>()).values().stream()
          .map(Token::view)
          .toList();
    }
  }

  /** Those entries that satisfy the condition, oldest first. */
  List<Entry> entries(Predicate<Entry> condition) {
    synchronized (lock) {
      return entries.values().stream().filter(condition).toList();
    }
  }

  /** One entry. */
  Optional<Entry> find(ResourceId id) {
    synchronized (lock) {
      return Optional.ofNullable(entries.get(id));
    }
  }

  /** Orphans become RELEASING, and are the caller's to release. */
  List<Entry> takeOrphans(Predicate<Entry> condition) {
    synchronized (lock) {
      List<Entry> taken = new ArrayList<>();
      for (Entry entry : entries.values()) {
        if (entry.state == LeaseState.ORPHAN && condition.test(entry)) {
          entry.state = LeaseState.RELEASING;
          taken.add(entry);
        }
      }
      return taken;
    }
  }

  /** An acquisition came to nothing: no tokens any more, and RELEASING until it is settled. */
  Entry abandon(Entry entry) {
    synchronized (lock) {
      List.copyOf(entry.tokens).forEach(this::vacate);
      entry.tokens.clear();
      entry.state = LeaseState.RELEASING;
    }
    return entry;
  }

  /** Forgets an entry; its tokens, if it has any, are gone. */
  void remove(Entry entry) {
    synchronized (lock) {
      entries.remove(entry.id(), entry);
      List.copyOf(entry.tokens).forEach(this::vacate);
      entry.tokens.clear();
    }
  }

  /**
   * Keeps a resource from being acquired while its area is initialised.
   *
   * @return false if it is known here in any state, or being initialised already
   */
  boolean beginFormat(ResourceId id) {
    synchronized (lock) {
      return !entries.containsKey(id) && formatting.add(id);
    }
  }

  /** See {@link #beginFormat}. */
  void endFormat(ResourceId id) {
    synchronized (lock) {
      formatting.remove(id);
    }
  }

  /** Holders and resources at one moment. */
  ResourceSnapshot snapshot() {
    synchronized (lock) {
      return new ResourceSnapshot(
          holders.all(), entries.values().stream().map(Entry::snapshot).toList());
    }
  }
}
