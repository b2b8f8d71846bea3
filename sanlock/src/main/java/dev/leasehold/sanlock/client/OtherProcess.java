// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import java.io.IOException;
import java.time.Duration;

/** A process that has registered itself, acted for from outside by its pid. Thread-safe. */
public final class OtherProcess extends HolderCommands {
  private final Dialer dialer;

  OtherProcess(Dialer dialer, int pid) {
    super(pid, dialer.timeouts());
    this.dialer = dialer;
  }

  @Override
  Reply exchange(Command command, Request request, Duration limit) throws IOException {
    try (Connection connection = dialer.connect()) {
      connection.allow(limit);
      connection.send(request.encode());
      return ReplyReader.read(command, connection);
    }
  }
}
