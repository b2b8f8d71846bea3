// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Who is at the other end of a local socket. Results as the kernel's, errors negative. */
public final class SocketCalls {

  private static final NativeFunction GETSOCKOPT = NativeFunction.named("getsockopt");
  private static final NativeFunction SOCKETPAIR = NativeFunction.named("socketpair");

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int SO_PEERPIDFD = 77;

  private SocketCalls() {}

  /** How {@link #peer} ended. */
  public sealed interface Peer {

    /**
     * The process that connected, as it was then.
     *
     * @param pid process id in our pid namespace, 0 where it is of another
     */
    record Credentials(int pid, int uid, int gid) implements Peer {}

    /**
     * It could not be told.
     *
     * @param errno positive
     */
    record Untold(int errno) implements Peer {}
  }

  /** getsockopt(2) SO_PEERCRED. */
  public static Peer peer(int socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment credentials = arena.allocate(12, 4);
      int result = option(arena, socket, SO_PEERCRED, credentials);
      return result < 0
          ? new Peer.Untold(-result)
          : new Peer.Credentials(
              credentials.get(JAVA_INT, 0),
              credentials.get(JAVA_INT, 4),
              credentials.get(JAVA_INT, 8));
    }
  }

  /**
   * getsockopt(2) SO_PEERPIDFD, Linux 6.5: a pidfd of the process that connected, which no reuse of
   * its number can mislead.
   *
   * @return the descriptor, closed on exec, or the negative errno: ENOPROTOOPT (92) on an older
   *     kernel
   */
  public static int peerPidfd(int socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pidfd = arena.allocate(JAVA_INT);
      int result = option(arena, socket, SO_PEERPIDFD, pidfd);
      return result < 0 ? result : pidfd.get(JAVA_INT, 0);
    }
  }

  /** socketpair(2) of connected local stream sockets, closed on exec: both into {@code ends}. */
  public static int socketPair(int[] ends) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pair = arena.allocate(JAVA_INT, 2);
      int result = SOCKETPAIR.callInt(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair.address());
      MemorySegment.copy(pair, JAVA_INT, 0, ends, 0, 2);
      return result;
    }
  }

  private static int option(Arena arena, int socket, int option, MemorySegment value) {
    MemorySegment length = arena.allocateFrom(JAVA_INT, Math.toIntExact(value.byteSize()));
    return GETSOCKOPT.callInt(socket, SOL_SOCKET, option, value.address(), length.address());
  }
}
