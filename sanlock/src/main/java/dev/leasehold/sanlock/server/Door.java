// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.rindex.ResourceIndexes;

/** What the parts of the door share. */
record Door(
    LeaseManager manager,
    ResourceIndexes indexes,
    DaemonSide daemon,
    ServerLimits limits,
    ClientTable clients,
    EventConnections events,
    StatusMemory memory) {

  /** Says something of a connection. */
  void say(System.Logger.Level level, Client client, String words) {
    daemon.say(level, "client " + client.slot() + " pid " + client.peer().pid() + ": " + words);
  }
}
