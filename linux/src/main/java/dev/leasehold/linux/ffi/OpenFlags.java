// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

/** The flags of open(2). */
public final class OpenFlags {

  public static final int READ_ONLY = 0;
  public static final int READ_WRITE = 2;
  public static final int CREATE = 0x40;
  public static final int EXCLUSIVE = 0x80;

  /** Never become the controlling terminal. */
  public static final int NO_CTTY = 0x100;

  /** Do not wait for the other end of a FIFO, or for a device. */
  public static final int NON_BLOCKING = 0x800;

  /** A write returns when its data is on stable storage. */
  public static final int SYNC = 0x101000;

  public static final int CLOSE_ON_EXEC = 0x80000;

  /** Past the page cache. */
  public static final int DIRECT = Machine.CURRENT.choose(0x4000, 0x10000);

  public static final int DIRECTORY = Machine.CURRENT.choose(0x10000, 0x4000);

  private OpenFlags() {}
}
