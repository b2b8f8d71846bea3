// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.ForceMode;
import dev.leasehold.engine.resource.HeldLease;
import dev.leasehold.engine.resource.Inquiry;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireOptions;
import dev.leasehold.sanlock.wire.WireResource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Leases of registered clients, requests for them, lock values (docs/spec/wire.md 4.3 – 4.8). */
final class LeaseCommands {
  /** The string that INQUIRE would have to give cannot be read back. */
  private static final int ELIBSCN = -81;

  private final Door door;

  LeaseCommands(Door door) {
    this.door = door;
  }

  Answer acquire(Client client, Registration target, Header header, RequestBody body)
      throws LeaseException {
    if (!(body instanceof RequestBody.Acquire(List<WireResource> resources, WireOptions options))) {
      throw Answers.unexpected(body);
    }
    target.client().ownerName(options.ownerName());
    HolderLabel label = HolderLabel.command(options.ownerName().toString());
    AcquireRequest request = LeaseTerms.request(resources, header.flags(), label);
    return switch (door.manager().acquire(target.holder(), request)) {
      case AcquireResult.Granted(List<HeldLease> leases) -> {
        door.memory().granted(leases, target.pid());
        yield Answer.done(header);
      }
      case AcquireResult.Refused(var refusal) ->
          throw new LeaseException(refusal.code(), refusal.message());
    };
  }

  Answer release(Client client, Registration target, Header header, RequestBody body)
      throws LeaseException {
    if (!(body instanceof RequestBody.OfResources(List<WireResource> resources))) {
      throw Answers.unexpected(body);
    }
    int flags = header.flags();
    if (Flags.has(flags, Flags.RELEASE_ALL)) {
      door.manager().releaseAll(target.holder());
    } else if (Flags.has(flags, Flags.RELEASE_ORPHAN)) {
      WireResource which = resources.getFirst();
      Optional<Name> name = which.name().isEmpty() ? Optional.empty() : Optional.of(which.name());
      return Answer.result(header, door.manager().releaseOrphans(which.lockspace(), name));
    } else if (Flags.has(flags, Flags.RELEASE_RENAME)) {
      Name newName = resources.get(1).name();
      door.manager().releaseRenamed(target.holder(), LeaseTerms.id(resources.getFirst()), newName);
    } else {
      List<ResourceId> ids = resources.stream().map(LeaseTerms::id).toList();
      door.manager().release(target.holder(), ids);
    }
    return Answer.done(header);
  }

  Answer inquire(Client client, Registration target, Header header, RequestBody body)
      throws LeaseException {
    List<HeldLease> leases = door.manager().inquire(target.holder());
    Header reply = header.reply(0).withData2(leases.size());
    if (leases.isEmpty()) {
      return Answer.with(reply, ReplyBody.None.NONE);
    }
    if (leases.stream().anyMatch(LeaseCommands::hasSpace)) {
      // One meaningless byte follows, as from the original (4.7).
      Header failed = header.reply(ELIBSCN).withData2(leases.size());
      return Answer.with(failed, new ReplyBody.Bytes(Octets.of(new byte[1])));
    }
    Octets text = Octets.of(Inquiry.text(leases) + "\0");
    return Answer.with(reply, new ReplyBody.Bytes(text));
  }

  private static boolean hasSpace(HeldLease lease) {
    ResourceId id = lease.where().id();
    return id.lockspace().toString().contains(" ")
        || id.resource().toString().contains(" ")
        || lease.where().disks().stream().anyMatch(disk -> disk.path().contains(" "));
  }

  Answer convert(Client client, Registration target, Header header, RequestBody body)
      throws LeaseException {
    WireResource resource = Answers.resource(body);
    HoldMode mode =
        Flags.has(resource.flags(), Flags.RES_SHARED) ? HoldMode.SHARED : HoldMode.EXCLUSIVE;
    boolean nowait = Flags.has(header.flags(), Flags.OWNER_NOWAIT);
    door.manager().convert(target.holder(), LeaseTerms.id(resource), mode, nowait);
    return Answer.done(header);
  }

  Answer killPath(Client client, Registration target, Header header, RequestBody body)
      throws LeaseException {
    if (!(body instanceof RequestBody.KillPath(Octets path, Octets arguments))) {
      throw Answers.unexpected(body);
    }
    if (!target.client().equals(client)) {
      // The original hangs here; nobody else can mean it.
      throw new LeaseException(ErrorCode.EINVAL, "a kill program can only be set for oneself");
    }
    String program =
        path.text()
            .orElseThrow(
                () -> new LeaseException(ErrorCode.EINVAL, "the program's path is not in UTF-8"));
    // Bytes beyond ASCII end the arguments; so they only need to stay what they are (4.3).
    String text = new String(arguments.bytes(), StandardCharsets.ISO_8859_1);
    boolean appendPid = target.appendPid(Flags.has(header.flags(), Flags.KILLPATH_PID));
    door.manager().setKillPath(target.holder(), new KillPath(program, text, appendPid));
    return Answer.done(header);
  }

  Answer request(Client client, Header header, RequestBody body) throws LeaseException {
    WireResource resource = Answers.resource(body);
    ForceMode mode =
        switch (header.data()) {
          case 0 -> ForceMode.NONE;
          case 1 -> ForceMode.FORCE;
          case 2 -> ForceMode.GRACEFUL;
          default ->
              throw new LeaseException(
                  ErrorCode.EINVAL, "force mode " + header.data() + ", expected 0, 1 or 2");
        };
    boolean next = resource.lver() == 0 && Flags.has(header.flags(), Flags.REQUEST_NEXT_LVER);
    OptionalLong lver = next ? OptionalLong.empty() : OptionalLong.of(resource.lver());
    door.manager().request(LeaseTerms.location(resource), lver, mode);
    return Answer.done(header);
  }

  Answer examine(Client client, Header header, RequestBody body) {
    door.manager().examine(LeaseTerms.id(Answers.resource(body)));
    return Answer.done(header);
  }

  Answer setLvb(Client client, Header header, RequestBody body) throws LeaseException {
    if (!(body instanceof RequestBody.Value(WireResource resource, Octets value))) {
      throw Answers.unexpected(body);
    }
    door.manager().setLvb(LeaseTerms.id(resource), value.bytes());
    return Answer.done(header);
  }

  Answer getLvb(Client client, Header header, RequestBody body) throws LeaseException {
    ResourceId id = LeaseTerms.id(Answers.resource(body));
    boolean whole =
        Integer.compareUnsigned(header.data2(), RequestBody.Value.MAX) > 0 || header.data2() == 0;
    byte[] sector = door.manager().getLvb(id, 0);
    // The original reads beyond the value where more than a sector is wanted.
    int length = whole ? sector.length : Math.min(header.data2(), sector.length);
    return Answer.with(header.reply(0), new ReplyBody.Bytes(Octets.of(sector, 0, length)));
  }
}
