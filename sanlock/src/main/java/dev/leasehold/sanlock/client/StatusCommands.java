// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a daemon says about itself. Thread-safe. */
public final class StatusCommands {
  private final Dialer dialer;

  StatusCommands(Dialer dialer) {
    this.dialer = dialer;
  }

  /**
   * Everything at one moment.
   *
   * @param daemon the words about the daemon itself
   */
  public record Status(
      Name hostName,
      Map<String, String> daemon,
      List<ClientStatus> clients,
      List<LockspaceStatus> lockspaces,
      List<ResourceStatus> resources) {
    /** Copies the lists. */
    public Status {
      clients = List.copyOf(clients);
      lockspaces = List.copyOf(lockspaces);
      resources = List.copyOf(resources);
    }
  }

  /**
   * A connection.
   *
   * @param pid -1 if it is not registered
   */
  public record ClientStatus(int pid, Name ownerName, Map<String, String> words) {}

  /**
   * A lockspace.
   *
   * @param list {@code spaces}, {@code add} or {@code rem}
   */
  public record LockspaceStatus(LockspaceRef lockspace, String list, Map<String, String> words) {}

  /**
   * A resource and one of its holders.
   *
   * @param pid of the holder
   * @param list {@code held}, {@code add}, {@code rem} or {@code orphan}
   * @param lver version of the lease
   */
  public record ResourceStatus(
      ResourceRef resource, int pid, String list, long lver, Map<String, String> words) {}

  /** Everything. */
  public Status all() throws IOException, SanlockException {
    List<WireState> states = states(Command.STATUS, RequestBody.None.NONE);
    Optional<WireState> daemon =
        states.stream().filter(s -> s.type() == WireState.DAEMON).findFirst();
    return new Status(
        daemon.map(WireState::name).orElse(Name.EMPTY),
        daemon.map(WireState::words).orElse(Map.of()),
        states.stream()
            .filter(s -> s.type() == WireState.CLIENT)
            .map(s -> new ClientStatus(s.data32(), s.name(), s.words()))
            .toList(),
        states.stream().flatMap(s -> lockspace(s).stream()).toList(),
        states.stream().flatMap(s -> resource(s).stream()).toList());
  }

  private static Optional<LockspaceStatus> lockspace(WireState state) {
    return state
        .lockspace()
        .map(ls -> new LockspaceStatus(LockspaceRef.of(ls), list(state), state.words()));
  }

  private static Optional<ResourceStatus> resource(WireState state) {
    return state
        .resource()
        .map(
            res ->
                new ResourceStatus(
                    ResourceRef.of(res),
                    state.data32(),
                    list(state),
                    state.data64(),
                    state.words()));
  }

  private static String list(WireState state) {
    return state.words().getOrDefault("list", "");
  }

  /**
   * The hosts of a lockspace that were ever seen.
   *
   * @return by host id, the words about each
   * @throws SanlockException ENOSPC unknown lockspace
   */
  public Map<Integer, Map<String, String>> hosts(Name lockspace)
      throws IOException, SanlockException {
    Map<Integer, Map<String, String>> hosts = new TreeMap<>();
    states(Command.HOST_STATUS, LockspaceRef.named(lockspace))
        .forEach(state -> hosts.put(state.data32(), state.words()));
    return hosts;
  }

  /**
   * The last renewals of a lockspace, oldest first.
   *
   * @return the words about each
   * @throws SanlockException ENOSPC unknown lockspace
   */
  public List<Map<String, String>> renewals(Name lockspace) throws IOException, SanlockException {
    return states(Command.RENEWAL, LockspaceRef.named(lockspace)).stream()
        .map(WireState::words)
        .toList();
  }

  private List<WireState> states(Command command, RequestBody body)
      throws IOException, SanlockException {
    return ((ReplyBody.States) dialer.ask(command, 0, 0, 0, body).body()).states();
  }

  /** The daemon's log as far as it has it in memory. */
  public String log() throws IOException, SanlockException {
    ReplyBody body = dialer.ask(Command.LOG_DUMP, 0, 0, 0, RequestBody.None.NONE).body();
    return body instanceof ReplyBody.Bytes(Octets text) ? text.toString() : "";
  }
}
