// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.StreamCalls;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.OptionalLong;

/** A listening local socket. */
final class UnixListener implements StreamListener {

  private static final int ECONNABORTED = 103;

  private final Descriptor socket;
  private final Interest interest;
  private final Readiness readiness;

  UnixListener(int fd, Readiness readiness) {
    this.socket = new Descriptor(fd, DescriptorCalls::close);
    this.interest = readiness.watch(socket);
    this.readiness = readiness;
  }

  @Override
  public StreamConnection accept() throws IOException {
    while (true) {
      int result = acceptNow();
      switch (-result) {
        case Errno.EAGAIN -> interest.awaitReadable(OptionalLong.empty());
        case Errno.EINTR, ECONNABORTED -> {}
        default -> {
          if (result < 0) {
            throw new IOException("cannot accept a connection: " + Errno.describe(-result));
          }
          return new UnixConnection(result, readiness);
        }
      }
    }
  }

  private int acceptNow() throws ClosedChannelException {
    if (!socket.acquire()) {
      throw new ClosedChannelException();
    }
    try {
      return StreamCalls.accept(socket.number());
    } finally {
      socket.release();
    }
  }

  @Override
  public void close() {
    interest.close();
  }
}
