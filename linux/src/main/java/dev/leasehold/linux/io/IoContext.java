// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import dev.leasehold.linux.ffi.Descriptor;

/**
 * What all files of one {@link LinuxStorage} share.
 *
 * @param calls the system
 * @param threads run the calls that may hang
 * @param pool memory for transfers
 */
record IoContext(FileCalls calls, IoThreads threads, BlockPool pool) {

  /** Takes an open file over; it will be closed on a thread where that may hang. */
  Descriptor own(int fd) {
    return new Descriptor(fd, this::closeLater);
  }

  private record Closing(FileCalls calls, int fd) implements IoThreads.Job {
    @Override
    public void run() {
      calls.close(fd);
    }

    @Override
    public void publish() {
      // Nobody waits.
    }
  }

  private void closeLater(int fd) {
    if (!threads.start(new Closing(calls, fd))) {
      // The system has no thread left: rather a short wait here than a descriptor lost.
      calls.close(fd);
    }
  }
}
