// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Users and groups, and as whom this process acts. Look-ups may ask a name service and block;
 * results of the others are zero or the negative errno.
 */
public final class AccountCalls {

  private static final NativeFunction GETPWNAM = NativeFunction.named("getpwnam");
  private static final NativeFunction GETGRNAM = NativeFunction.named("getgrnam");
  private static final NativeFunction INITGROUPS = NativeFunction.named("initgroups");
  private static final NativeFunction SETRESUID = NativeFunction.named("setresuid");
  private static final NativeFunction SETRESGID = NativeFunction.named("setresgid");
  private static final NativeFunction SYSCALL = NativeFunction.named("syscall");
  private static final NativeFunction GETEUID = NativeFunction.named("geteuid");
  private static final NativeFunction GETEGID = NativeFunction.named("getegid");

  private static final long SYS_SETRESUID = Machine.CURRENT.choose(117, 147);
  private static final long SYS_SETRESGID = Machine.CURRENT.choose(119, 149);

  /** struct passwd and struct group both begin with two pointers. */
  private static final long FIRST_ID = 16;

  private static final int UNCHANGED = -1;

  private AccountCalls() {}

  /** The effective user id of the calling thread. */
  public static int effectiveUser() {
    return GETEUID.callInt();
  }

  /** The effective group id of the calling thread. */
  public static int effectiveGroup() {
    return GETEGID.callInt();
  }

  /** getpwnam(3): user id in the lower half, group id in the upper; empty if there is none. */
  public static OptionalLong user(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long found = GETPWNAM.callLong(NativeText.of(arena, name), 0, 0);
      if (found <= 0) {
        return OptionalLong.empty();
      }
      MemorySegment ids = at(found);
      long uid = Integer.toUnsignedLong(ids.get(JAVA_INT, 0));
      return OptionalLong.of(uid | Integer.toUnsignedLong(ids.get(JAVA_INT, 4)) << 32);
    }
  }

  /** getgrnam(3): the group id; empty if there is none. */
  public static OptionalLong group(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long found = GETGRNAM.callLong(NativeText.of(arena, name), 0, 0);
      return found <= 0
          ? OptionalLong.empty()
          : OptionalLong.of(Integer.toUnsignedLong(at(found).get(JAVA_INT, 0)));
    }
  }

  @SuppressWarnings("restricted") // two numbers of a struct that the C library has filled
  private static MemorySegment at(long struct) {
    return MemorySegment.ofAddress(struct + FIRST_ID).reinterpret(8);
  }

  /** initgroups(3), for every thread of this process. */
  public static int initGroups(String user, int gid) {
    try (Arena arena = Arena.ofConfined()) {
      return INITGROUPS.callInt(NativeText.of(arena, user), gid);
    }
  }

  /** setresgid(2) of the effective id, for every thread of this process. */
  public static int actAsGroup(int gid) {
    return SETRESGID.callInt(UNCHANGED, gid, UNCHANGED);
  }

  /** setresuid(2) of the effective id, for every thread of this process. */
  public static int actAsUser(int uid) {
    return SETRESUID.callInt(UNCHANGED, uid, UNCHANGED);
  }

  /**
   * The system calls themselves, which concern the calling thread alone: it acts as root, which the
   * process must have been. The thread must be a platform thread.
   */
  public static int thisThreadActsAsRoot() {
    int result = Math.toIntExact(SYSCALL.callLong(SYS_SETRESUID, UNCHANGED, 0, UNCHANGED));
    return result < 0
        ? result
        : Math.toIntExact(SYSCALL.callLong(SYS_SETRESGID, UNCHANGED, 0, UNCHANGED));
  }
}
