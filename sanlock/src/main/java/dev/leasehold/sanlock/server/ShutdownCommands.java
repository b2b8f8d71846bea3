// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static java.lang.System.Logger.Level.INFO;

import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import java.util.concurrent.atomic.AtomicBoolean;

/** SHUTDOWN and SHUTDOWN_WAIT (docs/spec/wire.md 4.25). */
final class ShutdownCommands {
  private final Door door;
  private final AtomicBoolean told = new AtomicBoolean();

  ShutdownCommands(Door door) {
    this.door = door;
  }

  /** Ends the daemon if it may; nothing is answered, and the client does not wait for it. */
  Answer shutdown(Client client, Header header, RequestBody body) {
    return new Answer.Goodbye(
        () -> Thread.ofVirtual().name("shutdown").start(() -> end(client, header.data() != 0)));
  }

  private void end(Client client, boolean force) {
    door.say(INFO, client, "asks for a shutdown" + (force ? " by force" : ""));
    try {
      door.manager().shutdown(force);
      ended();
    } catch (LeaseException e) {
      door.say(INFO, client, "no shutdown: " + e.getMessage());
    }
  }

  /**
   * Ends the daemon and answers when every lockspace is gone.
   *
   * @throws LeaseException EBUSY if there is one and it is not forced
   */
  Answer andWait(Client client, Header header, RequestBody body) throws LeaseException {
    boolean force = header.data() != 0;
    door.say(INFO, client, "asks for a shutdown" + (force ? " by force" : "") + ", and waits");
    door.manager().shutdown(force);
    Header late = new Header(Header.MAGIC, Header.VERSION, 0, 0, Header.SIZE, 0, 0, 0);
    return new Answer.Last(new Reply(late, ReplyBody.None.NONE), this::ended);
  }

  private void ended() {
    if (told.compareAndSet(false, true)) {
      door.daemon().engineEnded();
    }
  }
}
