// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.nio.file.Path;

/**
 * A host of ours in a JVM of its own that joins a lockspace, takes leases, says so and waits: to be
 * killed.
 */
final class HolderMain {
  private HolderMain() {}

  /**
   * Arguments: host name, lockspace, host id, its file, io timeout, then pairs of resource and
   * file; a resource that begins with "shared" is taken shared.
   */
  public static void main(String[] args) throws Exception {
    OurHost host = OurHost.start(args[0], ProcessHandle.current());
    host.join(args[1], Integer.parseInt(args[2]), Path.of(args[3]), Integer.parseInt(args[4]));
    for (int i = 5; i < args.length; i += 2) {
      LeaseFile lease = new LeaseFile(args[1], args[i], Path.of(args[i + 1]));
      host.acquire(lease, args[i].startsWith("shared"));
    }
    System.out.println("held");
    System.in.read();
  }
}
