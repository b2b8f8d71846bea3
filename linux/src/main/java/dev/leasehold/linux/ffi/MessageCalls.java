// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Messages to the system log and to the service manager. */
public final class MessageCalls {

  private static final NativeFunction SYSLOG = NativeFunction.named("syslog");
  private static final NativeFunction OPENLOG = NativeFunction.named("openlog");
  private static final NativeFunction SOCKET = NativeFunction.named("socket");
  private static final NativeFunction SENDTO = NativeFunction.named("sendto");

  private static final int AF_UNIX = 1;
  private static final int DATAGRAM = 2 | 0x80000; // closed on exec
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int LOG_PID_CONS_NDELAY = 1;
  private static final int LOG_DAEMON = 3 << 3;
  private static final int EINVAL = 22;

  // Kept for ever: syslog(3) goes on using the name.
  private static final MemorySegment PERCENT_S = Arena.global().allocateFrom("%s");

  private MessageCalls() {}

  /** openlog(3) with the facility "daemon". */
  public static void openLog(String name) {
    OPENLOG.callInt(Arena.global().allocateFrom(name).address(), LOG_PID_CONS_NDELAY, LOG_DAEMON);
  }

  /** syslog(3). May block while the log's reader does. A NUL ends the text. */
  public static void log(int priority, String text) {
    try (Arena arena = Arena.ofConfined()) {
      SYSLOG.callInt(priority, PERCENT_S.address(), NativeText.of(arena, text.replace('\0', '?')));
    }
  }

  /**
   * Sends one datagram to a local socket, as sd_notify(3) does.
   *
   * @param path of the socket; a first {@code @} stands for the abstract name space
   * @return bytes sent, or the negative errno
   */
  public static int datagram(String path, String text) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > StreamCalls.MAX_PATH) {
      return -EINVAL;
    }
    int fd = SOCKET.callInt(AF_UNIX, DATAGRAM, 0);
    if (fd < 0) {
      return fd;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(2L + StreamCalls.MAX_PATH + 1, 2);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
      if (name[0] == '@') {
        address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      MemorySegment body = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, body, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return SENDTO.callInt(
          fd,
          body.address(),
          bytes.length,
          MSG_NOSIGNAL | MSG_DONTWAIT,
          address.address(),
          2L + name.length);
    } finally {
      DescriptorCalls.close(fd);
    }
  }
}
