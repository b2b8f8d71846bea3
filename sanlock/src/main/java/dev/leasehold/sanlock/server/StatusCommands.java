// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.EngineSnapshot;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireState;
import java.util.ArrayList;
import java.util.List;

/** STATUS, HOST_STATUS, RENEWAL and LOG_DUMP (docs/spec/wire.md 4.21 – 4.24). */
final class StatusCommands {
  private final Door door;

  StatusCommands(Door door) {
    this.door = door;
  }

  Answer status(Client client, Header header, RequestBody body) {
    EngineSnapshot engine = door.manager().state();
    int last = header.data();
    List<WireState> states = new ArrayList<>();
    states.add(DaemonState.of(door.manager().config(), door.daemon()));
    if (last != WireState.DAEMON) {
      states.addAll(ClientStates.of(door.clients().all(), engine.resources().holders()));
      if (last != WireState.CLIENT) {
        LockspaceStates lockspaces = new LockspaceStates(door, engine.lockspaces());
        states.addAll(lockspaces.list());
        if (last != WireState.LOCKSPACE) {
          states.addAll(ResourceStates.of(engine, door.memory()));
        }
      }
    }
    return new Answer.Stream(header.reply(0), states);
  }

  Answer hosts(Client client, Header header, RequestBody body) throws LeaseException {
    List<HostView> hosts = door.manager().hostStatus(Answers.lockspace(body).name());
    return new Answer.Stream(header.reply(0), hosts.stream().map(StatusCommands::host).toList());
  }

  private static WireState host(HostView host) {
    Words words =
        new Words()
            .add("last_check", host.lastCheck())
            .add("last_live", host.lastLive())
            .add("last_req", host.lastRequest())
            .unsigned("owner_id", host.ownerId())
            .unsigned("owner_generation", host.generation())
            .unsigned("timestamp", host.timestamp())
            .add("io_timeout", host.ioTimeout())
            .add("owner_name", host.ownerName().toString());
    return WireState.of(
        WireState.HOST, (int) host.hostId(), host.timestamp(), Name.EMPTY, words.toString());
  }

  Answer renewal(Client client, Header header, RequestBody body) throws LeaseException {
    Name name = Answers.lockspace(body).name();
    List<RenewalRecord> history = door.manager().renewalHistory(name);
    int ioTimeout = history.isEmpty() ? 0 : ioTimeout(name);
    return new Answer.Stream(
        header.reply(0).withData2(ioTimeout),
        history.stream().map(StatusCommands::renewal).toList());
  }

  private int ioTimeout(Name name) throws LeaseException {
    return door.manager().lockspaces().stream()
        .filter(view -> view.spec().name().sameName(name))
        .filter(view -> view.state() != LockspaceState.ADDING)
        .mapToInt(LockspaceView::ioTimeout)
        .findFirst()
        .orElseThrow(
            () -> new LeaseException(ErrorCode.ENOSPC, "lockspace " + name + " is not known"));
  }

  private static WireState renewal(RenewalRecord record) {
    Words words =
        new Words()
            .add("timestamp", record.timestamp())
            .add("read_ms", record.readTime().toMillis())
            .add("write_ms", record.writeTime().toMillis())
            .add("next_timeouts", record.nextTimeouts())
            .add("next_errors", record.nextErrors());
    return WireState.of(WireState.RENEWAL, 0, record.timestamp(), Name.EMPTY, words.toString());
  }

  /** The length in the header stays that of the request (4.24). */
  Answer log(Client client, Header header, RequestBody body) {
    Octets text = Octets.of(door.daemon().log());
    Header reply =
        header.reply(text.length()).withLength(header.length()).withData2(header.data2());
    return new Answer.Message(new Reply(reply, new ReplyBody.Bytes(text)));
  }
}
