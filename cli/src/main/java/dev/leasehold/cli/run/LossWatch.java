// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LossReason;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells the user how the leases fare, keeps the guard informed, and starts the end of the command
 * when the leases are lost. Called by the engine on a task of its own.
 */
final class LossWatch implements LeaseListener {
  private final Announcer announcer;
  private final Runnable onRenewal;
  private final Runnable onLoss;
  private boolean warned;
  private Optional<String> lastFailure = Optional.empty();
  private volatile Optional<String> lost = Optional.empty();

  LossWatch(Announcer announcer, Runnable onRenewal, Runnable onLoss) {
    this.announcer = announcer;
    this.onRenewal = onRenewal;
    this.onLoss = onLoss;
  }

  /** Why the leases were lost, if they were. */
  Optional<String> lost() {
    return lost;
  }

  @Override
  public void renewed(Name lockspace, long timestamp) {
    lastFailure = Optional.empty();
    onRenewal.run();
  }

  @Override
  public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
    lastFailure = Optional.of(why.detail().isEmpty() ? why.code().sentence() : why.detail());
  }

  @Override
  public void atRisk(Name lockspace, Duration remaining) {
    if (!warned) {
      warned = true;
      announcer.say(
          "the leases cannot be renewed"
              + lastFailure.map(why -> " (" + why + ")").orElse("")
              + ": unless that changes within "
              + remaining.toSeconds()
              + " s they are lost and the command is ended");
    }
  }

  @Override
  public void outOfRisk(Name lockspace) {
    warned = false;
    announcer.say("the leases are renewed again");
  }

  @Override
  public void lost(Name lockspace, LossReason reason, String words) {
    switch (reason) {
      case EXPIRED, CORRUPT -> {
        lost = Optional.of(words);
        onLoss.run();
        announcer.say("the leases are lost: " + words + "; the command is ended");
      }
      case REMOVED, SHUTDOWN -> {
        // Our own doing, at the end.
      }
    }
  }

  @Override
  public void holderStuck(Name lockspace, int pid) {
    announcer.say(
        "process "
            + pid
            + " does not end although it was killed: it hangs in the kernel, and may still write"
            + " once its storage answers. Reset this host before the disk is used elsewhere.");
  }

  @Override
  public void note(String words) {
    announcer.say(words);
  }
}
