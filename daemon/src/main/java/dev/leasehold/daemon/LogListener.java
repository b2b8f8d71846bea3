// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.LossReason;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;

/** Tells the log what the engine tells. */
final class LogListener implements LeaseListener {
  private final DaemonLog log;

  LogListener(DaemonLog log) {
    this.log = log;
  }

  @Override
  public void joined(LockspaceView lockspace) {
    log.info(
        "joined lockspace "
            + lockspace.spec().name()
            + " with host id "
            + lockspace.spec().hostId()
            + " generation "
            + lockspace.generation());
  }

  @Override
  public void renewalFailed(Name lockspace, LeaseException why, Duration remaining) {
    log.warn(
        "renewal of "
            + lockspace
            + " failed, "
            + remaining.toSeconds()
            + " s are left: "
            + why.getMessage());
  }

  @Override
  public void atRisk(Name lockspace, Duration remaining) {
    log.error(
        "the leases in "
            + lockspace
            + " will be lost in "
            + remaining.toSeconds()
            + " s if no renewal succeeds");
  }

  @Override
  public void outOfRisk(Name lockspace) {
    log.warn("the leases in " + lockspace + " are out of danger: a renewal succeeded");
  }

  @Override
  public void lost(Name lockspace, LossReason reason, String words) {
    boolean asked = reason == LossReason.REMOVED || reason == LossReason.SHUTDOWN;
    log.say(
        asked ? System.Logger.Level.INFO : System.Logger.Level.ERROR,
        "lockspace " + lockspace + " is given up: " + words);
  }

  @Override
  public void gone(Name lockspace) {
    log.info("left lockspace " + lockspace);
  }

  @Override
  public void hostChanged(Name lockspace, HostView host) {
    log.debug("lockspace " + lockspace + " host " + host.hostId() + " is " + host.state());
  }

  @Override
  public void holderStopped(Name lockspace, int pid, String action) {
    log.warn("process " + pid + " must give up its leases in " + lockspace + ": " + action);
  }

  @Override
  public void holderStuck(Name lockspace, int pid) {
    log.error(
        "process " + pid + " cannot be stopped; only its end frees the leases in " + lockspace);
  }

  @Override
  public void note(String words) {
    log.info(words);
  }
}
