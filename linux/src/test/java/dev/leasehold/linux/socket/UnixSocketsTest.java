// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sockets of the kernel: what doors rely on. */
@Timeout(60)
class UnixSocketsTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path dir;
  private final UnixSockets sockets = new UnixSockets();

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(sockets.open()).isZero();
    sockets.close();
  }

  @Test
  void bytesArriveInOrderHoweverTheyAreCut() throws Exception {
    byte[] sent = new byte[3_000_000];
    new Random(1).nextBytes(sent);
    List<StreamConnection> pair = sockets.pair();
    try (StreamConnection writer = pair.get(0);
        StreamConnection reader = pair.get(1)) {
      CompletableFuture<Void> writing =
          virtually(
              () -> {
                writer.write(sent, 0, sent.length, LONG);
                writer.shutdownOutput();
              });
      byte[] received = new byte[sent.length];
      int count = 0;
      for (int n = reader.read(received, 0, 1000, LONG);
          n != StreamConnection.END;
          n = reader.read(received, count, Math.min(50_000, sent.length - count), LONG)) {
        count += n;
        if (count == sent.length) {
          break;
        }
      }
      writing.get(30, TimeUnit.SECONDS);
      assertThat(count).isEqualTo(sent.length);
      assertThat(Arrays.equals(sent, received)).isTrue();
      assertThat(reader.read(received, 0, 1, LONG)).isEqualTo(StreamConnection.END);
    }
  }

  @Test
  void aReadEndsWithItsLimitAndTheConnectionStaysUsable() throws Exception {
    List<StreamConnection> pair = sockets.pair();
    try (StreamConnection one = pair.get(0);
        StreamConnection other = pair.get(1)) {
      byte[] buffer = new byte[8];
      assertThat(one.readNow(buffer, 0, 8)).isZero();
      assertThatThrownBy(() -> one.read(buffer, 0, 8, SHORT))
          .isInstanceOf(SocketTimeoutException.class);
      other.write(new byte[] {7}, 0, 1);
      assertThat(one.read(buffer, 0, 8, LONG)).isEqualTo(1);
      assertThat(buffer[0]).isEqualTo((byte) 7);
    }
  }

  @Test
  void aWriteToSomebodyWhoDoesNotReadEndsWithItsLimit() throws Exception {
    List<StreamConnection> pair = sockets.pair();
    try (StreamConnection one = pair.get(0);
        StreamConnection silent = pair.get(1)) {
      byte[] much = new byte[4_000_000];
      assertThatThrownBy(() -> one.write(much, 0, much.length, SHORT))
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(one.writeNow(much, 0, much.length)).isZero();
      assertThat(silent.readNow(much, 0, 1)).isEqualTo(1);
    }
  }

  @Test
  void oneThreadReadsWhileAnotherWrites() throws Exception {
    List<StreamConnection> pair = sockets.pair();
    try (StreamConnection one = pair.get(0);
        StreamConnection other = pair.get(1)) {
      CompletableFuture<Integer> reading = new CompletableFuture<>();
      CompletableFuture<Void> reader =
          virtually(() -> reading.complete(one.read(new byte[1], 0, 1, LONG)));
      byte[] much = new byte[2_000_000];
      CompletableFuture<Void> writer = virtually(() -> one.write(much, 0, much.length, LONG));
      byte[] sink = new byte[much.length];
      int count = 0;
      while (count < much.length) {
        count += other.read(sink, count, much.length - count, LONG);
      }
      writer.get(30, TimeUnit.SECONDS);
      assertThat(reading).isNotDone();
      other.write(new byte[1], 0, 1);
      reader.get(30, TimeUnit.SECONDS);
      assertThat(reading).isCompletedWithValue(1);
    }
  }

  @Test
  void closingEndsTheWaitOfAReader() throws Exception {
    List<StreamConnection> pair = sockets.pair();
    StreamConnection one = pair.get(0);
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Void> reader =
        virtually(
            () -> {
              begun.countDown();
              assertThatThrownBy(() -> one.read(new byte[1], 0, 1))
                  .isInstanceOf(ClosedChannelException.class);
            });
    begun.await();
    one.close();
    one.close();
    reader.get(30, TimeUnit.SECONDS);
    assertThatThrownBy(() -> one.readNow(new byte[1], 0, 1))
        .isInstanceOf(ClosedChannelException.class);
    byte[] buffer = new byte[1];
    assertThat(pair.get(1).read(buffer, 0, 1, LONG)).isEqualTo(StreamConnection.END);
    assertThatThrownBy(() -> pair.get(1).write(buffer, 0, 1, LONG)).isInstanceOf(IOException.class);
    pair.get(1).close();
  }

  @Test
  void aListenerHasTheFileItWasAskedForAndReplacesAnOldOne() throws Exception {
    Path path = dir.resolve("s");
    SocketFile file = new SocketFile(path, 0660, OptionalInt.empty(), OptionalInt.empty(), 8);
    sockets.listen(file).close();
    assertThatThrownBy(() -> sockets.connect(path, SHORT)).isInstanceOf(ConnectException.class);
    try (StreamListener listener = sockets.listen(file);
        StreamConnection client = sockets.connect(path, LONG);
        StreamConnection accepted = listener.accept()) {
      assertThat((int) Files.getAttribute(path, "unix:mode") & 0777).isEqualTo(0660);
      client.write(new byte[] {1, 2}, 0, 2);
      byte[] buffer = new byte[4];
      assertThat(accepted.read(buffer, 0, 4, LONG)).isEqualTo(2);
    }
    assertThat(path).exists();
  }

  /** As systemd makes it, and as its clients need it. */
  @Test
  void aSocketThatSomebodyElseMadeIsGivenToItsClients() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "changing owners needs root");
    Path path = dir.resolve("s");
    try (StreamListener _ = sockets.listen(SocketFile.ownedByUs(path))) {
      UnixSockets.own(new SocketFile(path, 0660, OptionalInt.of(12345), OptionalInt.of(23456), 8));
      assertThat(Files.readAttributes(path, "unix:uid,gid"))
          .containsEntry("uid", 12345)
          .containsEntry("gid", 23456);
      assertThat((int) Files.getAttribute(path, "unix:mode") & 0777).isEqualTo(0660);
    }
  }

  @Test
  void aSocketAtWhichSomebodyListensIsNotReplaced() throws Exception {
    Path path = dir.resolve("s");
    SocketFile file = new SocketFile(path, 0600, OptionalInt.empty(), OptionalInt.empty(), 0);
    try (StreamListener listener = sockets.listen(file);
        StreamConnection _ = sockets.connect(path, LONG)) {
      // With this one its queue is full, and it listens all the same.
      assertThatThrownBy(() -> sockets.listen(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process listens at " + path);
      listener.accept().close();
      assertThatThrownBy(() -> sockets.listen(file))
          .hasMessageContaining("another process listens at " + path);
    }
    sockets.listen(file).close();
  }

  @Test
  void whatIsNoSocketIsNotReplaced() throws Exception {
    Path path = Files.writeString(dir.resolve("s"), "precious");
    assertThatThrownBy(() -> sockets.listen(SocketFile.ownedByUs(path)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");
    assertThat(path).hasContent("precious");
    assertThatThrownBy(() -> sockets.connect(dir.resolve("none"), SHORT))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> sockets.listen(SocketFile.ownedByUs(dir.resolve("x".repeat(120)))))
        .hasMessageContaining("107");
  }

  @Test
  void aFullQueueIsWaitedForNoLongerThanAllowed() throws Exception {
    Path path = dir.resolve("s");
    SocketFile file = new SocketFile(path, 0600, OptionalInt.empty(), OptionalInt.empty(), 0);
    List<StreamConnection> clients = new ArrayList<>();
    try (StreamListener _ = sockets.listen(file)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10; i++) {
                  clients.add(sockets.connect(path, SHORT));
                }
              })
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(clients).isNotEmpty();
    }
    clients.forEach(StreamConnection::close);
  }

  @Test
  void thePeerIsTheProcessThatConnected() throws Exception {
    Path path = dir.resolve("s");
    try (StreamListener listener = sockets.listen(SocketFile.ownedByUs(path));
        StreamConnection client = sockets.connect(path, LONG);
        StreamConnection accepted = listener.accept()) {
      assertThat(accepted.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(accepted.peer().uid())
          .isEqualTo((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
      assertThat(accepted.peerEnded()).isFalse();
      assertThat(client.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }
  }

  @Test
  void theEndOfThePeerIsSeenEvenIfAChildKeepsTheConnection() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "the program perl is missing");
    Path path = dir.resolve("s");
    // The parent connects, forks, writes its child's pid and ends; the child keeps the socket.
    String script =
        "use Socket; $^F = 255; socket(S, PF_UNIX, SOCK_STREAM, 0) or die;"
            + " connect(S, sockaddr_un($ARGV[0])) or die;"
            + " if (my $c = fork) { <STDIN>; exit 0 } sleep 600";
    try (StreamListener listener = sockets.listen(SocketFile.ownedByUs(path))) {
      Process parent = new ProcessBuilder("/usr/bin/perl", "-e", script, path.toString()).start();
      List<ProcessHandle> children = new ArrayList<>();
      try (StreamConnection accepted = listener.accept()) {
        assertThat(accepted.peer().pid()).isEqualTo((int) parent.pid());
        assertThat(accepted.peerEnded()).isFalse();
        while (children.isEmpty()) {
          parent.children().forEach(children::add);
        }
        parent.getOutputStream().close();
        assertThat(parent.waitFor()).isZero();
        assertThat(accepted.peerEnded()).isTrue();
        assertThatThrownBy(() -> accepted.read(new byte[1], 0, 1, SHORT))
            .isInstanceOf(SocketTimeoutException.class);
        children.forEach(ProcessHandle::destroyForcibly);
        assertThat(accepted.read(new byte[1], 0, 1, LONG)).isEqualTo(StreamConnection.END);
      } finally {
        parent.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  @Test
  void aThousandConnectionsWaitAtOnceAndEachIsServed() throws Exception {
    Path path = dir.resolve("s");
    int count = 1000;
    SocketFile file = new SocketFile(path, 0600, OptionalInt.empty(), OptionalInt.empty(), 128);
    List<StreamConnection> clients = new ArrayList<>();
    try (StreamListener listener = sockets.listen(file)) {
      CompletableFuture<Void> server =
          virtually(
              () -> {
                for (int i = 0; i < count; i++) {
                  StreamConnection accepted = listener.accept();
                  Thread.startVirtualThread(() -> echo(accepted));
                }
              });
      for (int i = 0; i < count; i++) {
        clients.add(sockets.connect(path, LONG));
      }
      server.get(30, TimeUnit.SECONDS);
      byte[] buffer = new byte[1];
      for (int i = count - 1; i >= 0; i--) {
        clients.get(i).write(new byte[] {(byte) i}, 0, 1);
        assertThat(clients.get(i).read(buffer, 0, 1, LONG)).isEqualTo(1);
        assertThat(buffer[0]).isEqualTo((byte) i);
      }
    }
    clients.forEach(StreamConnection::close);
    while (sockets.open() > 0) {
      Thread.onSpinWait();
    }
  }

  private static void echo(StreamConnection connection) {
    byte[] buffer = new byte[16];
    try (connection) {
      for (int n = connection.read(buffer, 0, 16);
          n != StreamConnection.END;
          n = connection.read(buffer, 0, 16)) {
        connection.write(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void nothingIsInheritedThatWasNotMeantForUs() throws Exception {
    assertThat(sockets.inherited(Map.of(), 1)).isEmpty();
    assertThat(sockets.inherited(Map.of("LISTEN_PID", "2", "LISTEN_FDS", "1"), 1)).isEmpty();
    assertThat(sockets.inherited(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "0"), 1)).isEmpty();
    assertThatThrownBy(() -> sockets.inherited(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "900"), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no listening local socket");
    assertThatThrownBy(() -> sockets.inherited(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "x"), 1))
        .isInstanceOf(IOException.class);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> virtually(Action action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            action.run();
            done.complete(null);
          } catch (Throwable t) {
            done.completeExceptionally(t);
          }
        });
    return done;
  }
}
