// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener may say, in order, and what becomes of those who connect after it. */
class AcceptLoopTest {
  private final Deque<Object> script = new ArrayDeque<>();
  private final List<StreamConnection> served = new ArrayList<>();
  private final List<String> trouble = new ArrayList<>();

  private final class Scripted implements StreamListener {
    @Override
    public StreamConnection accept() throws IOException {
      Object next = script.remove();
      if (next instanceof IOException e) {
        throw e;
      }
      return (StreamConnection) next;
    }

    @Override
    public void close() {
      throw new AssertionError("the loop does not own the listener");
    }
  }

  @Test
  void neitherWantOfDescriptorsNorAFaultWithOneConnectionEndsIt() throws Exception {
    UnixSockets sockets = new UnixSockets();
    List<StreamConnection> pair = sockets.pair();
    StreamConnection faulty = pair.get(0);
    StreamConnection fine = pair.get(1);
    script.addAll(
        List.of(
            new IOException("Too many open files"), faulty, fine, new ClosedChannelException()));
    new AcceptLoop(
            new Scripted(),
            connection -> {
              if (connection == faulty) {
                throw new IllegalStateException("a fault");
              }
              served.add(connection);
            },
            trouble::add)
        .run();
    assertThat(served).containsExactly(fine);
    assertThat(trouble)
        .containsExactly(
            "no connection can be accepted: Too many open files",
            "a connection could not be served: java.lang.IllegalStateException: a fault");
    assertThat(script).isEmpty();
    pair.forEach(StreamConnection::close);
    sockets.close();
  }
}
