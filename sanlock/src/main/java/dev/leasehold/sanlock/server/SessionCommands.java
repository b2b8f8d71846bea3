// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.WARNING;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;

/** REGISTER, RESTRICT and VERSION (docs/spec/wire.md 4.1, 4.2). */
final class SessionCommands {
  /** The version of sanlock that we are compatible with: 3.8.5. */
  static final int VERSION = 0x03080500;

  private final Door door;

  SessionCommands(Door door) {
    this.door = door;
  }

  /** Makes the connection a registered client. Nothing is sent back; the client has gone on. */
  Answer register(Client client, Header header, RequestBody body) {
    if (client.registered()) {
      // The original forgets the leases then; we keep them.
      door.say(WARNING, client, "registers again; nothing changes");
      return Answer.Silence.SILENCE;
    }
    int pid = client.peer().pid();
    try {
      HolderId holder = door.manager().register(pid, Lifetime.CONNECTION, HolderLabel.NONE);
      // If the process that connected still lives now, the pid was its own when it was looked up.
      if (client.peerEnded()) {
        door.manager().unregister(holder);
        return refused(client, "process " + pid + " has ended");
      }
      client.registered(new Registration(client, holder, pid));
      client.ownerName(Name.of(Integer.toString(pid)));
      door.manager().restrict(holder, restrictions(client.restrictions()));
      return Answer.Silence.SILENCE;
    } catch (LeaseException e) {
      return refused(client, e.detail());
    }
  }

  private Answer refused(Client client, String why) {
    return new Answer.Goodbye(() -> door.say(WARNING, client, "not registered, closed: " + why));
  }

  /** Replaces the restrictions of this connection; it need not be registered. */
  Answer restrict(Client client, Header header, RequestBody body) throws LeaseException {
    client.restrictions(header.flags());
    if (client.registration().isPresent()) {
      HolderId holder = client.registration().get().holder();
      door.manager().restrict(holder, restrictions(header.flags()));
    }
    return Answer.done(header);
  }

  private static Restrictions restrictions(int flags) {
    return new Restrictions(
        Flags.has(flags, Flags.RESTRICT_ALL),
        Flags.has(flags, Flags.RESTRICT_SIGKILL),
        Flags.has(flags, Flags.RESTRICT_SIGTERM));
  }

  /** Answered whatever version the client has. */
  Answer version(Client client, Header header, RequestBody body) {
    Header reply =
        new Header(Header.MAGIC, Header.VERSION, header.command(), 0, Header.SIZE, 0, 0, VERSION);
    return new Answer.Message(new Reply(reply, ReplyBody.None.NONE));
  }
}
