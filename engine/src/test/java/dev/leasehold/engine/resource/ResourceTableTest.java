// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.HolderTable;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.fake.FakeProcesses;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the table refuses whoever asks. */
class ResourceTableTest {
  @Test
  void nothingIsGrantedThatIsNotOnTheDisk() throws Exception {
    World.run(
        world -> {
          Object lock = new Object();
          FakeProcesses processes = new FakeProcesses(world.time);
          processes.spawn(10);
          HolderTable holders = new HolderTable(lock, processes);
          HolderId holder = holders.register(10, Lifetime.PROCESS, HolderLabel.NONE, id -> {});
          ResourceTable table = new ResourceTable(lock, holders);
          Place place =
              table.place(
                  FakeHost.exclusive("a"),
                  AcquireOptions.DEFAULT,
                  holders.get(holder).orElseThrow(),
                  world.host(1).lockspace,
                  List.of());
          List<Token> tokens = List.of(((Place.Fresh) place).token());
          assertThatThrownBy(() -> table.grant(holder, tokens)).hasMessageContaining("LS:a");
          assertThat(table.tokensOf(holder)).isEmpty();
          assertThat(table.snapshot().leases().getFirst().state()).isEqualTo(LeaseState.ACQUIRING);
        });
  }
}
