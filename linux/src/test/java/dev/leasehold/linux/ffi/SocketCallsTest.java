// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.ffi.SocketCalls.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketCallsTest {

  private static final int ENOPROTOOPT = 92;

  private final int[] ends = new int[2];

  @BeforeEach
  void connect() {
    assertThat(SocketCalls.socketPair(ends)).isZero();
  }

  @AfterEach
  void disconnect() {
    DescriptorCalls.close(ends[0]);
    DescriptorCalls.close(ends[1]);
  }

  @Test
  void tellsThePeersProcessAndUser() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    int gid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
    assertThat(SocketCalls.peer(ends[0]))
        .isEqualTo(new Peer.Credentials((int) ProcessHandle.current().pid(), uid, gid));
  }

  @Test
  void tellsThePeerOfNoSocketAsAnError() throws IOException {
    Path file = Files.createTempFile("leasehold", ".test");
    int fd = FileSystemCalls.open(file.toString(), OpenFlags.READ_ONLY, 0);
    assertThat(SocketCalls.peer(fd)).isEqualTo(new Peer.Untold(88)); // ENOTSOCK
    DescriptorCalls.close(fd);
    Files.delete(file);
  }

  @Test
  void pinsThePeerByPidfd() {
    int pidfd = SocketCalls.peerPidfd(ends[0]);
    assumeKernelHasPeerPidfd(pidfd);
    assertThat(pidfd).isPositive();
    assertThat(PollCalls.readable(pidfd)).as("this process has ended").isZero();
    DescriptorCalls.close(pidfd);
  }

  private static void assumeKernelHasPeerPidfd(int result) {
    Assumptions.assumeTrue(result != -ENOPROTOOPT, "needs SO_PEERPIDFD, Linux 6.5");
  }
}
