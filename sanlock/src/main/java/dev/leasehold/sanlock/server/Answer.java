// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.WireState;
import java.util.List;

/** What a command leads to. */
sealed interface Answer {

  /** Nothing is sent. */
  record Silence() implements Answer {
    static final Silence SILENCE = new Silence();
  }

  /** One message. */
  record Message(Reply reply) implements Answer {}

  /** A header and records, one after the other; their end is the end of the stream. */
  record Stream(Header header, List<WireState> states) implements Answer {}

  /** One message, and then what follows from its having been sent. */
  record Last(Reply reply, Runnable then) implements Answer {}

  /** One message, and from then on events. */
  record Subscribed(Reply reply, EventConnections.Place place) implements Answer {}

  /** Nothing is sent, the connection is closed, and that is what follows. */
  record Goodbye(Runnable then) implements Answer {}

  /** A result reply. */
  static Answer result(Header request, int result) {
    return new Message(Reply.result(request, result));
  }

  /** A result reply of 0. */
  static Answer done(Header request) {
    return result(request, 0);
  }

  /** A reply with a body; the header states its length. */
  static Answer with(Header header, ReplyBody body) {
    return new Message(Reply.with(header, body));
  }
}
