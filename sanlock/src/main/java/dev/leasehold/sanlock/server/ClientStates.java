// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderSnapshot;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.WireState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The records of connections, by slot (docs/spec/wire.md 4.21). */
final class ClientStates {
  private static final int NOBODY = -1;

  private ClientStates() {}

  static List<WireState> of(List<Client> clients, List<HolderSnapshot> holders) {
    Map<HolderId, HolderSnapshot> byId =
        holders.stream().collect(Collectors.toMap(HolderSnapshot::id, Function.identity()));
    List<WireState> states = new ArrayList<>();
    // Readers expect these two; we have no such connections.
    states.add(record("helper", 0, NOBODY, 0, 0, 0, false, 0, false));
    states.add(record("listener", 1, NOBODY, 0, 0, 0, false, 0, false));
    for (Client client : clients) {
      states.add(record(client, byId));
    }
    return states;
  }

  private static WireState record(Client client, Map<HolderId, HolderSnapshot> holders) {
    int pid = client.registration().map(Registration::pid).orElse(NOBODY);
    int running = client.registration().map(Registration::running).orElse(0);
    boolean ended = client.registration().map(Registration::ended).orElse(false);
    int kills =
        client
            .registration()
            .flatMap(r -> Optional.ofNullable(holders.get(r.holder())))
            .map(HolderSnapshot::killAttempts)
            .orElse(0);
    WireState state =
        record(
            "",
            client.slot(),
            pid,
            client.restrictions(),
            running,
            client.lastCommand(),
            ended,
            kills,
            client.working());
    return new WireState(
        state.type(),
        state.flags(),
        state.data32(),
        state.data64(),
        client.ownerName(),
        state.text(),
        state.lockspace(),
        state.resource());
  }

  private static WireState record(
      String name,
      int slot,
      int pid,
      int restrictions,
      int running,
      int last,
      boolean ended,
      int kills,
      boolean working) {
    Words words =
        new Words()
            .add("ci", slot)
            .add("fd", NOBODY)
            .add("pid", pid)
            .add("flags", 0)
            .hex("restricted", Integer.toUnsignedLong(restrictions))
            .add("cmd_active", running)
            .add("cmd_last", last)
            .add("pid_dead", ended)
            .add("kill_count", kills)
            .add("kill_last", 0)
            .add("suspend", working)
            .add("need_free", ended);
    return WireState.of(WireState.CLIENT, pid, 0, Name.of(name), words.toString());
  }
}
