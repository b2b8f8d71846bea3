// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.StreamListener;
import dev.leasehold.linux.socket.UnixSockets;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that answers late, wrongly or not at all. */
@Timeout(60)
class LateAnswersTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path dir;
  private final UnixSockets sockets = new UnixSockets();
  private StreamListener listener;
  private SanlockClient client;

  @BeforeEach
  void listen() throws Exception {
    Path path = dir.resolve("s");
    listener = sockets.listen(SocketFile.ownedByUs(path));
    client = SanlockClient.at(path).with(ClientTimeouts.DEFAULT.withAnswer(Duration.ofMillis(100)));
  }

  @AfterEach
  void nothingIsLeft() {
    listener.close();
    assertThat(sockets.open()).isZero();
    sockets.close();
  }

  private static void read(StreamConnection connection, int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int got = 0; got < count; ) {
      got += connection.read(bytes, got, count - got, LIMIT);
    }
  }

  private static void write(StreamConnection connection, byte[] bytes, int from, int to)
      throws IOException {
    connection.write(bytes, from, to - from, LIMIT);
  }

  private static byte[] inquiry(String text) {
    Header request = Header.request(Command.INQUIRE, 0, 0, 0, -1);
    Octets bytes = Octets.of(text + "\0");
    return Reply.with(request.reply(0).withData2(1), new ReplyBody.Bytes(bytes)).encode();
  }

  @Test
  void aLateAnswerIsNotTakenForTheNextOne() throws Exception {
    byte[] first = inquiry("LS1:RA:/p:0:1");
    byte[] second = inquiry("LS1:RB:/p:0:2");
    try (RegisteredProcess holder = client.register();
        StreamConnection daemon = listener.accept()) {
      read(daemon, Header.SIZE);
      assertThatThrownBy(holder::inquireText).isInstanceOf(SocketTimeoutException.class);
      read(daemon, Header.SIZE);
      // Half of the answer, and no more in time.
      write(daemon, first, 0, 40);
      assertThatThrownBy(holder::inquireText).isInstanceOf(SocketTimeoutException.class);
      write(daemon, first, 40, first.length);
      write(daemon, second, 0, second.length);
      assertThat(holder.inquireText()).isEqualTo("LS1:RB:/p:0:2");
      read(daemon, Header.SIZE);
    }
  }

  @Test
  void whatIsNoAnswerIsSaidToBeNone() throws Exception {
    try (RegisteredProcess holder = client.register();
        StreamConnection daemon = listener.accept()) {
      read(daemon, Header.SIZE);
      write(daemon, new byte[64], 0, 64);
      assertThatThrownBy(holder::inquireText)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("sanlock protocol");
    }
    try (RegisteredProcess holder = client.register()) {
      listener.accept().close();
      assertThatThrownBy(holder::inquireText).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anAnswerLargerThanAnyIsNotWaitedFor() throws Exception {
    Header huge =
        Header.request(Command.INQUIRE, 0, 0, 0, -1).reply(0).withLength(Integer.MAX_VALUE);
    try (RegisteredProcess holder = client.register();
        StreamConnection daemon = listener.accept()) {
      write(daemon, huge.encode(), 0, Header.SIZE);
      assertThatThrownBy(holder::inquireText)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }
}
