// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

/** Bits of the flag fields (docs/spec/wire.md 2). Unknown bits are ignored everywhere. */
public final class Flags {
  private Flags() {}

  /** Lockspace, resource, rindex: align size 1 MiB; the next bits are 2, 4 and 8 MiB. */
  public static final int ALIGN_1M = 0x10;

  /** Align size 2 MiB. */
  public static final int ALIGN_2M = 0x20;

  /** Align size 4 MiB. */
  public static final int ALIGN_4M = 0x40;

  /** Align size 8 MiB. */
  public static final int ALIGN_8M = 0x80;

  /** Sectors of 512 bytes. */
  public static final int SECTOR_512 = 0x100;

  /** Sectors of 4096 bytes. */
  public static final int SECTOR_4K = 0x200;

  /** All bits that give an align size. */
  public static final int ALIGN_BITS = ALIGN_1M | ALIGN_2M | ALIGN_4M | ALIGN_8M;

  /** All bits that give a size. */
  public static final int SIZE_BITS = ALIGN_BITS | SECTOR_512 | SECTOR_4K;

  /** Resource: its lver is set. */
  public static final int RES_LVER = 0x1;

  /** Resource: data32 is a new num_hosts. */
  public static final int RES_NUM_HOSTS = 0x2;

  /** Resource: held, or to be held, by several hosts at once. */
  public static final int RES_SHARED = 0x4;

  /** Resource: becomes an orphan when its holder ends. */
  public static final int RES_PERSISTENT = 0x8;

  /** Lockspace, in replies: being added. */
  public static final int LS_ADD = 0x1;

  /** Lockspace, in replies: being removed. */
  public static final int LS_REM = 0x2;

  /** RESTRICT: drop every later message. */
  public static final int RESTRICT_ALL = 0x1;

  /** RESTRICT: no SIGKILL. */
  public static final int RESTRICT_SIGKILL = 0x2;

  /** RESTRICT: no SIGTERM. */
  public static final int RESTRICT_SIGTERM = 0x4;

  /** KILLPATH: append the pid. */
  public static final int KILLPATH_PID = 0x1;

  /** ACQUIRE: with lock value block. */
  public static final int ACQUIRE_LVB = 0x1;

  /** ACQUIRE: adopt an orphan if there is one. */
  public static final int ACQUIRE_ORPHAN = 0x2;

  /** ACQUIRE: adopt an orphan or fail. */
  public static final int ACQUIRE_ORPHAN_ONLY = 0x4;

  /** ACQUIRE, CONVERT: do not wait until an owner is certainly dead. */
  public static final int OWNER_NOWAIT = 0x8;

  /** RELEASE: everything. */
  public static final int RELEASE_ALL = 0x1;

  /** RELEASE: the first, under the name of the second. */
  public static final int RELEASE_RENAME = 0x2;

  /** RELEASE: orphans. */
  public static final int RELEASE_ORPHAN = 0x4;

  /** REQUEST: the version after the present one. */
  public static final int REQUEST_NEXT_LVER = 0x1;

  /** ADD, REM: reply at once. */
  public static final int ASYNC = 0x1;

  /** REM: only if no lease of it is in use. */
  public static final int REM_UNUSED = 0x2;

  /** INQ: wait while it is being added or removed. */
  public static final int INQ_WAIT = 0x1;

  /** WRITE_RESOURCE: mark as cleared. */
  public static final int WRITE_CLEAR = 0x1;

  /** SET_EVENT: fill in the generation last seen. */
  public static final int EVENT_CUR_GENERATION = 0x1;

  /** SET_EVENT: tell that host no more. */
  public static final int EVENT_CLEAR_HOSTID = 0x2;

  /** SET_EVENT: forget the event. */
  public static final int EVENT_CLEAR_EVENT = 0x4;

  /** SET_EVENT: replace one that is still being told. */
  public static final int EVENT_REPLACE = 0x8;

  /** SET_EVENT: tell all hosts. */
  public static final int EVENT_ALL_HOSTS = 0x10;

  /** Index commands: without lockspace and lease. */
  public static final int INDEX_NO_LOCKSPACE = 0x1;

  /** UPDATE_RINDEX: add the entry. */
  public static final int INDEX_ADD = 0x10000;

  /** UPDATE_RINDEX: remove the entry. */
  public static final int INDEX_REM = 0x20000;

  /** Whether a bit is set. */
  public static boolean has(int flags, int bit) {
    return (flags & bit) != 0;
  }
}
