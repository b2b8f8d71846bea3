// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.resource.ResourceManager;

/** The half of the engine that knows holders and resources, as the front door sees it. */
public interface HolderSide extends ResourceManager, HolderSupervision {

  /** Makes it. */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes the one of an engine.
     *
     * @param lockspaces the other half
     * @param events the way to the listeners
     */
    HolderSide create(
        EnginePorts ports, EngineConfig config, LockspaceDirectory lockspaces, EngineEvents events);
  }
}
