// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One verification from its beginning to its verdict. */
final class Trial {
  private static final int MEETING_SECONDS = 120;
  private static final int LOOK_MILLIS = 200;
  private static final int PARTING_SECONDS = 30;

  private final Path directory;
  private final int hosts;
  private final int seconds;
  private final int ioTimeout;
  private final Terminal terminal;
  private final Findings findings = new Findings();

  Trial(Path directory, int hosts, int seconds, int ioTimeout, Terminal terminal) {
    this.directory = directory;
    this.hosts = hosts;
    this.seconds = seconds;
    this.ioTimeout = ioTimeout;
    this.terminal = terminal;
  }

  Verdict run() throws Failure {
    Session session = Session.in(directory);
    Optional<Journal.Proof> proof = Optional.empty();
    boolean mine = true;
    try {
      terminal.progress("looking at names and files in " + directory);
      Path own = session.own();
      boolean sound = new Basics(own, HostPorts.storage(), findings).run();
      Session.removeTree(own);
      if (sound) {
        Watcher watcher = contend(session);
        if (hosts > 1) {
          await(session, watcher, Set.of(Stamp.FINISHED, Stamp.LEAVING));
        }
        proof = prove(session);
        mine = hosts == 1 || leave(session, watcher);
      }
    } catch (InterruptedException | IOException e) {
      throw new Failure(ExitCode.IO_ERROR, "the verification was broken off: " + e, e);
    } finally {
      if (mine) {
        session.remove();
      }
    }
    return new Verdict(directory, hosts, ioTimeout, findings, proof);
  }

  private Watcher contend(Session session) throws Failure, InterruptedException {
    List<Participant> participants = new ArrayList<>();
    try {
      for (int i = 0; i < (hosts == 1 ? 2 : 1); i++) {
        terminal.progress("joining a lockspace of its own, two io timeouts of " + ioTimeout + " s");
        participants.add(Participant.join(session, ioTimeout, findings));
      }
      Set<Long> ours = participants.stream().map(Participant::hostId).collect(Collectors.toSet());
      Watcher watcher = new Watcher(session, findings, ours);
      watcher.start();
      participants.forEach(Participant::start);
      int wanted = Math.max(2, hosts);
      boolean met = meet(watcher, wanted);
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (met && !findings.isOver() && System.nanoTime() < end) {
        show(watcher, participants, (end - System.nanoTime()) / 1_000_000_000L);
        Thread.sleep(LOOK_MILLIS);
      }
      findings.finish();
      findings.join();
      watcher.judgeClocks();
      return watcher;
    } finally {
      findings.finish();
      participants.forEach(Participant::close);
    }
  }

  private boolean meet(Watcher watcher, int wanted) throws InterruptedException {
    long limit = System.nanoTime() + MEETING_SECONDS * 1_000_000_000L;
    while (watcher.hosts() < wanted && !findings.isOver()) {
      if (System.nanoTime() > limit) {
        findings.failed(
            "meeting",
            "every host sees every other one",
            "of "
                + wanted
                + " hosts "
                + watcher.hosts()
                + " were seen within "
                + MEETING_SECONDS
                + " s; is it the same directory on all of them?");
        return false;
      }
      terminal.progress(watcher.hosts() + " of " + wanted + " hosts are here");
      Thread.sleep(LOOK_MILLIS);
    }
    findings.ok("meeting", "every host sees every other one", wanted + " hosts");
    return true;
  }

  private void show(Watcher watcher, List<Participant> participants, long left) {
    terminal.progress(
        left
            + " s left; "
            + watcher.hosts()
            + " hosts, "
            + participants.stream().mapToLong(Participant::sections).max().orElse(0)
            + " critical sections, writes p99 "
            + Latencies.millis(findings.writes.quantileNanos(0.99)));
  }

  /** Waits until the other hosts have come as far as this. */
  private void await(Session session, Watcher watcher, Set<Long> kinds)
      throws InterruptedException {
    long limit = System.nanoTime() + PARTING_SECONDS * 1_000_000_000L;
    try (Files512 board = board(session)) {
      while (!watcher.othersAre(kinds) && System.nanoTime() < limit) {
        terminal.progress("waiting for the other hosts to finish");
        watcher.look(board);
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (StorageException | Files512.Unsound e) {
      findings.failed("io", "the storage answers", String.valueOf(e.getMessage()));
    }
  }

  /** Says that this host needs nothing any more. The lowest host id stays and removes the rest. */
  private boolean leave(Session session, Watcher watcher) throws InterruptedException {
    try (Files512 board = board(session)) {
      watcher.leave(board);
    } catch (StorageException | Files512.Unsound e) {
      findings.failed("io", "the storage answers", String.valueOf(e.getMessage()));
    }
    if (watcher.isFirst()) {
      await(session, watcher, Set.of(Stamp.LEAVING));
      return true;
    }
    return false;
  }

  private Files512 board(Session session) throws StorageException {
    return Files512.open(HostPorts.storage(), session.board(), findings.reads, findings.writes);
  }

  private Optional<Journal.Proof> prove(Session session) {
    String what = "critical sections under a lease never overlap";
    try (Files512 file =
        Files512.open(HostPorts.storage(), session.journal(), findings.reads, findings.writes)) {
      Journal.Proof proof = Journal.prove(file);
      findings.ok(
          "sector-atomicity", "a sector arrives as a whole", findings.reads.count() + " reads");
      findings.ok(
          "visibility",
          "a write is seen by the next read, whoever reads",
          findings.writes.count() + " writes");
      findings.ok(
          "exclusion",
          what,
          proof.sections()
              + " sections, "
              + proof.handovers()
              + " hand-overs between "
              + proof.owners()
              + " hosts");
      if (proof.handovers() == 0) {
        findings.failed("contention", "every host gets the lease in turn", "one host had it all");
      }
      return Optional.of(proof);
    } catch (StorageException e) {
      findings.failed("io", "the storage answers", String.valueOf(e.getMessage()));
    } catch (Files512.Unsound e) {
      findings.failed(e.check(), what, e.words());
    }
    return Optional.empty();
  }
}
