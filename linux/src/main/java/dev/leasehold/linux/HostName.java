// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.HostCalls;

/** The name that the kernel has for this host. */
public final class HostName {

  private HostName() {}

  /** As {@code hostname} prints it; {@code localhost} if none is set. Asks no network. */
  public static String current() {
    String name = HostCalls.gethostname();
    return name.isEmpty() ? "localhost" : name;
  }
}
