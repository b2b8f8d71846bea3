// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.PollCalls;
import dev.leasehold.linux.ffi.SocketCalls;
import dev.leasehold.linux.ffi.StreamCalls;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;

/** A connection over a local socket. */
final class UnixConnection implements StreamConnection {

  private static final int ENOTCONN = 107;
  private static final int ECONNRESET = 104;

  /** The most that one system call moves, so that no buffer gets large. */
  private static final int CHUNK = 64 * 1024;

  private final Descriptor socket;
  private final Interest interest;

  UnixConnection(int fd, Readiness readiness) {
    this.socket = new Descriptor(fd, DescriptorCalls::close);
    this.interest = readiness.watch(socket);
  }

  @Override
  public PeerProcess peer() throws IOException {
    if (!socket.acquire()) {
      throw new ClosedChannelException();
    }
    try {
      return switch (SocketCalls.peer(socket.number())) {
        case SocketCalls.Peer.Credentials(int pid, int uid, int gid) ->
            new PeerProcess(pid, uid, gid);
        case SocketCalls.Peer.Untold(int errno) ->
            throw new IOException("who connected is not known: " + Errno.describe(errno));
      };
    } finally {
      socket.release();
    }
  }

  @Override
  public boolean peerEnded() {
    if (!socket.acquire()) {
      return false;
    }
    int pidfd;
    try {
      pidfd = SocketCalls.peerPidfd(socket.number());
    } finally {
      socket.release();
    }
    if (pidfd < 0) {
      // A process that was reaped has no pidfd any more (ESRCH, before Linux 6.16 EINVAL too).
      return pidfd == -Errno.ESRCH || pidfd == -Errno.EINVAL;
    }
    try {
      return PollCalls.readable(pidfd) > 0;
    } finally {
      DescriptorCalls.close(pidfd);
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return read(into, offset, length, OptionalLong.empty());
  }

  @Override
  public int read(byte[] into, int offset, int length, Duration limit) throws IOException {
    return read(into, offset, length, deadline(limit));
  }

  private int read(byte[] into, int offset, int length, OptionalLong deadline) throws IOException {
    while (true) {
      int count = readNow(into, offset, length);
      if (count != 0) {
        return count;
      }
      interest.awaitReadable(deadline);
    }
  }

  @Override
  public int readNow(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int wanted = Math.min(length, CHUNK);
    int result = call(fd -> StreamCalls.receive(fd, into, offset, wanted));
    return switch (-result) {
      case 0, ECONNRESET, ENOTCONN -> END;
      case Errno.EAGAIN -> 0;
      default -> succeeded(result, "read from");
    };
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    write(from, offset, length, OptionalLong.empty());
  }

  @Override
  public void write(byte[] from, int offset, int length, Duration limit) throws IOException {
    write(from, offset, length, deadline(limit));
  }

  private void write(byte[] from, int offset, int length, OptionalLong deadline)
      throws IOException {
    int done = 0;
    while (done < length) {
      int count = writeNow(from, offset + done, length - done);
      done += count;
      if (count == 0) {
        interest.awaitWritable(deadline);
      }
    }
  }

  @Override
  public int writeNow(byte[] from, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int wanted = Math.min(length, CHUNK);
    int result = call(fd -> StreamCalls.send(fd, from, offset, wanted));
    return result == -Errno.EAGAIN ? 0 : succeeded(result, "write to");
  }

  @Override
  public void shutdownOutput() throws IOException {
    succeeded(call(StreamCalls::shutdownOutput), "end the output of");
  }

  @Override
  public void keepOnExec(boolean keep) throws IOException {
    succeeded(call(fd -> StreamCalls.keepOnExec(fd, keep)), "change");
  }

  @Override
  public int descriptor() {
    return socket.number();
  }

  /** Makes a system call, again if a signal cut it short. */
  private int call(IntUnaryOperator systemCall) throws ClosedChannelException {
    if (!socket.acquire()) {
      throw new ClosedChannelException();
    }
    try {
      int result = systemCall.applyAsInt(socket.number());
      while (result == -Errno.EINTR) {
        result = systemCall.applyAsInt(socket.number());
      }
      return result;
    } finally {
      socket.release();
    }
  }

  private static int succeeded(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException("cannot " + what + " the socket: " + Errno.describe(-result));
    }
    return result;
  }

  private static OptionalLong deadline(Duration limit) {
    return OptionalLong.of(System.nanoTime() + limit.toNanos());
  }

  @Override
  public void close() {
    interest.close();
  }
}
