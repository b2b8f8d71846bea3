// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.libvirt.rpc.Header;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.Message;
import dev.leasehold.libvirt.rpc.MessageReader;
import dev.leasehold.libvirt.rpc.RpcError;
import dev.leasehold.libvirt.rpc.XdrFault;
import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.linux.socket.UnixSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** One connection of libvirt's lockd driver. */
final class LibvirtClient implements AutoCloseable {
  /** A first acquisition waits for the host to join; a busy machine makes it longer. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final StreamConnection connection;
  private final MessageReader reader;
  private int serial;

  LibvirtClient(UnixSockets sockets, Path socket) throws IOException {
    this.connection = sockets.connect(socket, LIMIT);
    this.reader =
        new MessageReader((into, offset, length) -> connection.read(into, offset, length, LIMIT));
  }

  static UUID uuid(String guest) {
    return UUID.nameUUIDFromBytes(guest.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** As libvirt's first call on every connection. */
  LibvirtClient register(String guest, long pid) throws IOException {
    assertThat(call(new LockCall.Register(uuid(guest), guest, 1, (int) pid, 0))).isEmpty();
    return this;
  }

  Optional<RpcError> acquire(String disk) throws IOException {
    return call(new LockCall.AcquireResource("", disk, 0));
  }

  Optional<RpcError> acquireShared(String disk) throws IOException {
    return call(new LockCall.AcquireResource("", disk, LockCall.SHARED));
  }

  Optional<RpcError> release(String disk) throws IOException {
    return call(new LockCall.ReleaseResource("", disk, 0));
  }

  /** Sends a call and reads its reply. */
  Optional<RpcError> call(LockCall call) throws IOException {
    int number = serial++;
    send(Message.call(call, number).encode());
    Message reply = next().orElseThrow(() -> new IOException("no reply to " + call));
    assertThat(reply.header().serial()).isEqualTo(number);
    assertThat(reply.header().procedure()).isEqualTo(call.procedure().number());
    assertThat(reply.header().type()).isEqualTo(Header.REPLY);
    if (reply.header().status() == Header.OK) {
      assertThat(reply.payload()).isEmpty();
      return Optional.empty();
    }
    try {
      return Optional.of(RpcError.decode(reply.payload()));
    } catch (XdrFault e) {
      throw new IOException("a reply that libvirt cannot read", e);
    }
  }

  void send(byte[] bytes) throws IOException {
    connection.write(bytes, 0, bytes.length, LIMIT);
  }

  /** The next message, empty when the server has closed the connection. */
  Optional<Message> next() throws IOException {
    try {
      return reader.next();
    } catch (XdrFault e) {
      throw new IOException("a reply that libvirt cannot read", e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
