// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.daemon.io.IoCounts;
import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private static final Name LOCKSPACE = Name.of("LS");

  @Test
  void eventsCallAHostAsPeopleDo() {
    List<String> log = new ArrayList<>();
    Observer observer = new Observer(new LinuxClock(), new Metrics(new IoCounts()), log::add);
    observer.hostChanged(LOCKSPACE, host(HostState.FAIL));
    observer.hostChanged(LOCKSPACE, host(HostState.DEAD));
    assertThat(log)
        .containsExactly(
            "event=host_silent lockspace=\"LS\" msg=\"host id 3 (kvm3) shows no sign of life\"",
            "event=host_dead lockspace=\"LS\" msg=\"host id 3 (kvm3) is gone, its leases may be"
                + " taken\"");
  }

  private static HostView host(HostState state) {
    Name name = Name.of("3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm3");
    return new HostView(3, 3, 1, name, 100, 10, 0, 0, 0, 0, state);
  }
}
