// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.linux.io.LinuxStorage;
import java.nio.file.Path;
import java.util.List;

/**
 * Two C hosts and one of ours that have joined one lockspace, on the disk that is measured. Host 1
 * (C) holds what the others are refused; host 2 (C) and host 3 (ours) compete.
 */
final class Stage implements AutoCloseable {
  static final int IO_TIMEOUT = 10;

  private final Workshop workshop;
  private final CClient holder;
  private final CClient theirs;
  private final OurHost ours;

  /**
   * Sets it up; takes two io timeouts.
   *
   * @param workshop not closed with the stage
   */
  Stage(Workshop workshop) throws Exception {
    this.workshop = workshop;
    Path lockspace = workshop.lockspace("lockspace", IO_TIMEOUT);
    holder = workshop.client(workshop.daemon("c-holder"));
    theirs = workshop.client(workshop.daemon("c-bench"));
    ours = OurHost.start("our-bench", new LinuxStorage());
    holder.send("join %s 1 %s %d".formatted(OurHost.SPACE, lockspace, IO_TIMEOUT));
    theirs.send("join %s 2 %s %d".formatted(OurHost.SPACE, lockspace, IO_TIMEOUT));
    ours.join(3, lockspace, IO_TIMEOUT);
    holder.receive();
    theirs.receive();
    holder.call("register");
    theirs.call("register");
  }

  Workshop workshop() {
    return workshop;
  }

  /** Holds what others are refused, and does bare transfers. */
  CClient holder() {
    return holder;
  }

  CClient theirs() {
    return theirs;
  }

  OurHost ours() {
    return ours;
  }

  /** Names and paths, as cbench takes them. */
  static String arguments(List<Path> files) {
    StringBuilder text = new StringBuilder();
    files.forEach(f -> text.append(' ').append(f.getFileName()).append(' ').append(f));
    return text.toString();
  }

  static AcquireRequest request(List<Path> files) {
    return OurHost.all(files.stream().map(OurHost::request).toList());
  }

  @Override
  public void close() {
    ours.close();
  }
}
