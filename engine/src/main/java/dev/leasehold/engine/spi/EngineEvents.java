// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.spi;

import dev.leasehold.engine.LeaseListener;
import java.util.function.Consumer;

/** The way to the listeners. Thread-safe; never blocks and calls no listener itself. */
public interface EngineEvents {

  /** Queues a call for every listener. */
  void tell(Consumer<LeaseListener> call);
}
