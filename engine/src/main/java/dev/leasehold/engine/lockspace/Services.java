// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.spi.EngineEvents;
import dev.leasehold.lease.Clock;

/** What every lockspace of an engine uses. */
record Services(EnginePorts ports, EngineConfig config, EngineEvents events) {

  Clock clock() {
    return ports.clock();
  }

  Tasks tasks() {
    return ports.tasks();
  }

  void note(String words) {
    events.tell(listener -> listener.note(words));
  }
}
