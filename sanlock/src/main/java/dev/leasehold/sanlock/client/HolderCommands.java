// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.text.StateText;
import dev.leasehold.sanlock.text.TextFault;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireOptions;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The leases of one registered process. One command at a time: the daemon refuses a second one with
 * EBUSY. Thread-safe as far as that goes.
 */
public abstract sealed class HolderCommands permits RegisteredProcess, OtherProcess {
  private final int target;
  private final ClientTimeouts timeouts;

  HolderCommands(int target, ClientTimeouts timeouts) {
    this.target = target;
    this.timeouts = timeouts;
  }

  /** Sends a request about this holder and reads the reply, whatever its result. */
  abstract Reply exchange(Command command, Request request, Duration limit) throws IOException;

  private Reply ask(Command command, int flags, int data, RequestBody body, Duration limit)
      throws IOException, SanlockException {
    Request request = Request.of(command, flags, data, target, body);
    return Dialer.checked(command, exchange(command, request, limit));
  }

  final Reply ask(Command command, int flags, RequestBody body)
      throws IOException, SanlockException {
    return ask(command, flags, 0, body, timeouts.answer());
  }

  /**
   * Acquires all of these leases or none; returns when that is decided.
   *
   * @param wishes at most 8
   * @param ownerName what the holder calls itself from now on, at most 48 bytes
   * @throws SanlockException among others ACQUIRE_IDLIVE held by a live host, EEXIST held on this
   *     host, EAGAIN being released here or shared, ENOSPC lockspace not joined
   */
  public final void acquire(List<LeaseWish> wishes, Set<AcquireOption> options, String ownerName)
      throws IOException, SanlockException {
    List<WireResource> resources = wishes.stream().map(LeaseWish::wire).toList();
    int flags = options.stream().mapToInt(AcquireOption::bit).reduce(0, (a, b) -> a | b);
    WireOptions named = new WireOptions(Name.of(ownerName), 0, 0);
    ask(
        Command.ACQUIRE,
        flags,
        resources.size(),
        new RequestBody.Acquire(resources, named),
        timeouts.decision());
  }

  /** Acquires one lease; as {@link #acquire(List, Set, String)}, under no name. */
  public final void acquire(LeaseWish wish) throws IOException, SanlockException {
    acquire(List.of(wish), Set.of(), "");
  }

  /**
   * Releases these leases. The holder has lost them whatever the result.
   *
   * @throws SanlockException EPERM one was not held; I/O codes: the release goes on
   */
  public final void release(List<ResourceRef> resources) throws IOException, SanlockException {
    release(0, resources);
  }

  /** Releases every lease of the holder. */
  public final void releaseAll() throws IOException, SanlockException {
    release(Flags.RELEASE_ALL, List.of());
  }

  /** Releases a lease and gives it another name on disk in the same write. */
  public final void releaseRenamed(ResourceRef resource, Name newName)
      throws IOException, SanlockException {
    ResourceRef renamed = new ResourceRef(resource.lockspace(), newName, List.of());
    release(Flags.RELEASE_RENAME, List.of(resource, renamed));
  }

  /**
   * Starts releasing orphans; the holder's own leases are not concerned.
   *
   * @param name of the resource; empty for all of the lockspace
   * @return how many there were
   */
  public final int releaseOrphans(Name lockspace, Optional<Name> name)
      throws IOException, SanlockException {
    ResourceRef which = new ResourceRef(lockspace, name.orElse(Name.EMPTY), List.of());
    return release(Flags.RELEASE_ORPHAN, List.of(which)).header().data();
  }

  private Reply release(int flags, List<ResourceRef> resources)
      throws IOException, SanlockException {
    List<WireResource> wire =
        resources.stream().map(ResourceRef::wire).map(WireResource::withoutDisks).toList();
    return ask(
        Command.RELEASE,
        flags,
        wire.size(),
        new RequestBody.OfResources(wire),
        timeouts.decision());
  }

  /**
   * Converts a lease to the other mode.
   *
   * @throws SanlockException ENOENT not held; EALREADY in that mode; EAGAIN shared by others
   */
  public final void convert(ResourceRef resource, boolean shared, Set<AcquireOption> options)
      throws IOException, SanlockException {
    int nowait = options.contains(AcquireOption.OWNER_NOWAIT) ? Flags.OWNER_NOWAIT : 0;
    WireResource wire = resource.wire().withoutDisks().withFlags(shared ? Flags.RES_SHARED : 0);
    ask(Command.CONVERT, nowait, 0, new RequestBody.OfResource(wire), timeouts.decision());
  }

  /**
   * The leases that the holder has, as text.
   *
   * @return for example {@code LS1:RA:/dev/vg/leases:1048576:3}; empty for none
   */
  public final String inquireText() throws IOException, SanlockException {
    Reply reply = ask(Command.INQUIRE, 0, RequestBody.None.NONE);
    String text = reply.body() instanceof ReplyBody.Bytes(Octets bytes) ? bytes.toString() : "";
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /**
   * The leases that the holder has.
   *
   * @throws IOException also if the text cannot be read back, because a name has a colon
   */
  public final List<HeldLease> inquire() throws IOException, SanlockException {
    String text = inquireText();
    List<HeldLease> leases = new ArrayList<>();
    if (text.isEmpty()) {
      return leases;
    }
    try {
      for (WireResource resource : StateText.parse(text)) {
        boolean shared = Flags.has(resource.flags(), Flags.RES_SHARED);
        OptionalLong lver = shared ? OptionalLong.empty() : OptionalLong.of(resource.lver());
        leases.add(new HeldLease(ResourceRef.of(resource), shared, lver));
      }
      return leases;
    } catch (TextFault e) {
      throw new IOException("the daemon's answer cannot be read: " + e.getMessage(), e);
    }
  }
}
