// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileSystemCalls;
import dev.leasehold.linux.ffi.OpenFlags;
import java.io.IOException;

/** A watchdog device of the kernel, by its ioctls (linux/watchdog.h). */
public final class KernelWatchdog implements WatchdogDevice {
  private static final int WRITE_ONLY = 1;
  private static final long WDIOC_KEEPALIVE = 0x80045705L;
  private static final long WDIOC_SETTIMEOUT = 0xC0045706L;
  private static final long WDIOC_GETTIMEOUT = 0x80045707L;

  /** The magic character that lets the timer be stopped by closing. */
  private static final byte MAGIC = 'V';

  private final String path;
  private final int fd;

  private KernelWatchdog(String path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Opens it, which starts the timer.
   *
   * @throws IOException if it cannot be, e.g. because another program has it
   */
  public static WatchdogDevice open(String path) throws IOException {
    int fd = FileSystemCalls.open(path, WRITE_ONLY | OpenFlags.CLOSE_ON_EXEC, 0);
    if (fd < 0) {
      throw new IOException(path + " cannot be opened: " + Errno.describe(-fd));
    }
    return new KernelWatchdog(path, fd);
  }

  @Override
  public int fireTimeout(int seconds) throws IOException {
    succeeded(DescriptorCalls.ioctlInt(fd, WDIOC_SETTIMEOUT, seconds), "set");
    return succeeded(DescriptorCalls.ioctlInt(fd, WDIOC_GETTIMEOUT, 0), "asked");
  }

  @Override
  public void ping() throws IOException {
    succeeded(DescriptorCalls.ioctlInt(fd, WDIOC_KEEPALIVE, 0), "pinged");
  }

  private int succeeded(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(path + " cannot be " + what + ": " + Errno.describe(-result));
    }
    return result;
  }

  @Override
  public void disarm() {
    long _ = DescriptorCalls.write(fd, MAGIC);
    int _ = DescriptorCalls.close(fd);
  }

  @Override
  public void abandon() {
    int _ = DescriptorCalls.close(fd);
  }
}
