// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.daemon.log.DaemonLog;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LeaseListener;
import dev.leasehold.ondisk.Name;

/**
 * Tells the log what the engine tells and is no event ({@link
 * dev.leasehold.daemon.events.EventLog}).
 */
final class LogListener implements LeaseListener {
  private final DaemonLog log;

  LogListener(DaemonLog log) {
    this.log = log;
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
  public void note(String words) {
    log.info(words);
  }
}
