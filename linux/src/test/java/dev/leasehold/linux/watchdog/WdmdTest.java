// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.linux.socket.SocketFile;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.StreamListener;
import dev.leasehold.linux.socket.UnixSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said to wdmd, byte for byte (docs/spec/algorithms.md 6). */
class WdmdTest {
  private static final int SIZE = 176;

  @TempDir Path dir;
  private final UnixSockets sockets = new UnixSockets();
  private final List<byte[]> heard = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  @AfterEach
  void close() {
    sockets.close();
  }

  /** A wdmd that answers STATUS, and OPEN if it is a newer one. */
  private Path wdmd(int fireTimeout, boolean newer) throws IOException {
    Path path = dir.resolve("wdmd.sock");
    StreamListener listener = sockets.listen(SocketFile.ownedByUs(path));
    Thread.ofVirtual()
        .start(
            () -> {
              try (listener;
                  StreamConnection connection = listener.accept()) {
                answer(connection, fireTimeout, newer);
              } catch (IOException e) {
                heard.add(e.toString().getBytes(StandardCharsets.UTF_8));
              } finally {
                ended.countDown();
              }
            });
    return path;
  }

  private void answer(StreamConnection connection, int fireTimeout, boolean newer)
      throws IOException {
    while (true) {
      byte[] message = new byte[SIZE];
      for (int at = 0; at < SIZE; ) {
        int count = connection.read(message, at, SIZE - at);
        if (count < 0) {
          return;
        }
        at += count;
      }
      heard.add(message);
      int command = number(message, 4);
      if (command == WdmdMessage.STATUS || newer && command == WdmdMessage.OPEN) {
        byte[] reply = message.clone();
        ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder()).putInt(20, fireTimeout);
        connection.write(reply, 0, SIZE);
      }
    }
  }

  private static int number(byte[] message, int at) {
    return ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).getInt(at);
  }

  private static long longNumber(byte[] message, int at) {
    return ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).getLong(at);
  }

  private List<Integer> commands() {
    return heard.stream().map(message -> number(message, 4)).toList();
  }

  @Test
  void speaksToTheOlderOneAsTheOriginalDoes() throws Exception {
    Wdmd wdmd = new Wdmd(sockets, wdmd(60, false), 60);
    Watchdog.Test test = wdmd.open("sanlock_LS:1");
    assertThat(wdmd.armed()).isZero();
    test.live(1583, 1591);
    test.live(1585, 1593);
    assertThat(wdmd.armed()).isEqualTo(1);
    assertThat(wdmd.description()).contains("armed for lockspaces: 1");
    test.clear();
    test.close();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(wdmd.armed()).isZero();
    assertThat(commands()).containsExactly(7, 5, 1, 2, 5, 4, 4, 4, 3);
    assertThat(new String(heard.get(2), 48, 13, StandardCharsets.UTF_8))
        .isEqualTo("sanlock_LS:1\0");
    assertThat(longNumber(heard.get(5), 32)).isEqualTo(1583);
    assertThat(longNumber(heard.get(5), 40)).isEqualTo(1591);
    assertThat(longNumber(heard.get(7), 32)).isZero();
    assertThat(longNumber(heard.get(7), 40)).isZero();
  }

  @Test
  void theNewerOneAnswersOpenFirst() throws Exception {
    Watchdog.Test test = new Wdmd(sockets, wdmd(30, true), 30).open("sanlock_LS:1");
    test.live(10, 90);
    test.close();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(number(heard.getFirst(), 20)).isEqualTo(30);
    assertThat(commands()).containsExactly(7, 5, 1, 2, 5, 4);
  }

  @Test
  void anotherFireTimeoutIsRefused() throws Exception {
    Wdmd wdmd = new Wdmd(sockets, wdmd(30, false), 60);
    assertThatThrownBy(() -> wdmd.open("sanlock_LS:1"))
        .isInstanceOf(Watchdog.WatchdogException.class)
        .hasMessageContaining("30 s");
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void withoutWdmdNothingIsJoined() {
    Wdmd wdmd = new Wdmd(sockets, dir.resolve("nobody"), 60);
    assertThatThrownBy(() -> wdmd.open("sanlock_LS:1"))
        .isInstanceOf(Watchdog.WatchdogException.class)
        .hasMessageContaining("systemctl start wdmd");
  }
}
