// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Local stream sockets that never block. Every result is zero or positive, or the negative errno.
 */
public final class StreamCalls {

  private static final NativeFunction SOCKET = NativeFunction.named("socket");
  private static final NativeFunction BIND = NativeFunction.named("bind");
  private static final NativeFunction CONNECT = NativeFunction.named("connect");
  private static final NativeFunction LISTEN = NativeFunction.named("listen");
  private static final NativeFunction ACCEPT4 = NativeFunction.named("accept4");
  private static final NativeFunction RECV = NativeFunction.named("recv");
  private static final NativeFunction SEND = NativeFunction.named("send");
  private static final NativeFunction SHUTDOWN = NativeFunction.named("shutdown");
  private static final NativeFunction GETSOCKOPT = NativeFunction.named("getsockopt");
  private static final NativeFunction FCNTL = NativeFunction.named("fcntl");

  /** Bytes of a socket's path, without the closing NUL. */
  public static final int MAX_PATH = 107;

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int NON_BLOCKING = 0x800;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SHUT_WR = 1;
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int FD_CLOEXEC = 1;

  private StreamCalls() {}

  /** socket(2): a descriptor, closed on exec. */
  public static int socket() {
    return SOCKET.callInt(AF_UNIX, SOCK_STREAM | NON_BLOCKING | CLOSE_ON_EXEC, 0);
  }

  /**
   * bind(2) to a path of at most {@link #MAX_PATH} bytes. The file gets the permissions that
   * fchmod(2) gave the socket, less the umask.
   */
  public static int bind(int socket, String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, path);
      return BIND.callInt(socket, address.address(), address.byteSize());
    }
  }

  /** connect(2); EAGAIN while the other end's queue is full. */
  public static int connect(int socket, String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, path);
      return CONNECT.callInt(socket, address.address(), address.byteSize());
    }
  }

  private static MemorySegment address(Arena arena, String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MAX_PATH || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a socket's path has 1 to 107 bytes without a NUL");
    }
    MemorySegment address = arena.allocate(2L + MAX_PATH + 1, 2);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
    return address;
  }

  /** listen(2). */
  public static int listen(int socket, int backlog) {
    return LISTEN.callInt(socket, backlog);
  }

  /** accept4(2): a descriptor, closed on exec; EAGAIN if nobody waits. */
  public static int accept(int socket) {
    return ACCEPT4.callInt(socket, 0, 0, NON_BLOCKING | CLOSE_ON_EXEC);
  }

  /** recv(2): bytes received, 0 at the end; EAGAIN if there is nothing yet. */
  public static int receive(int socket, byte[] into, int offset, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length);
      long result = RECV.callLong(socket, buffer.address(), length, MSG_DONTWAIT);
      if (result > 0) {
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) result);
      }
      return (int) result;
    }
  }

  /** send(2), without a signal if the other end is gone: bytes sent; EAGAIN if there is no room. */
  public static int send(int socket, byte[] from, int offset, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length);
      MemorySegment.copy(from, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
      return (int) SEND.callLong(socket, buffer.address(), length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  }

  /** shutdown(2) of the sending direction. */
  public static int shutdownOutput(int socket) {
    return SHUTDOWN.callInt(socket, SHUT_WR);
  }

  /** Whether a descriptor is a local stream socket that connections can be accepted from. */
  public static boolean isListener(int descriptor) {
    return option(descriptor, SO_DOMAIN) == AF_UNIX
        && option(descriptor, SO_TYPE) == SOCK_STREAM
        && option(descriptor, SO_ACCEPTCONN) == 1;
  }

  private static int option(int socket, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
      int result =
          GETSOCKOPT.callInt(socket, SOL_SOCKET, option, value.address(), length.address());
      return result < 0 ? result : value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** fcntl(2): makes an inherited descriptor non-blocking and closed on exec. */
  public static int makeOurs(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL, 0);
    int result = flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | NON_BLOCKING);
    return result < 0 ? result : keepOnExec(descriptor, false);
  }

  /** fcntl(2): whether a program started by exec(3) inherits the descriptor. */
  public static int keepOnExec(int descriptor, boolean keep) {
    int flags = fcntl(descriptor, F_GETFD, 0);
    if (flags < 0) {
      return flags;
    }
    return fcntl(descriptor, F_SETFD, keep ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
  }

  private static int fcntl(int descriptor, int command, int argument) {
    return FCNTL.callInt(descriptor, command, argument);
  }
}
