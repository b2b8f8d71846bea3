// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.LeaseState;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.Recording;
import dev.leasehold.sanlock.wire.ByteSource;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.EventMessage;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireOptions;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every recorded conversation, in an order in which our daemon is in the state of the recorded one:
 * the replies are the recorded ones byte for byte, but for the host-dependent fields that {@link
 * RecordedStates} and the steps here name.
 */
@Timeout(120)
class GoldenReplayTest {
  private static final int PID = (int) ProcessHandle.current().pid();
  private static final int MIB = 1 << 20;
  private static final Name LS1 = Name.of("LS1");

  private static Path dir;
  private static RealEngine engine;
  private static RealEngine other;
  private static TestDoor door;
  private static Replay replay;

  private final List<DynamicTest> steps = new ArrayList<>();
  private final Set<String> replayed = new TreeSet<>();

  /** The connection whose process the recordings call by its pid. */
  private RawClient holder;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    dir = temporary;
    for (String name : List.of("ls", "res", "rx")) {
      try (RandomAccessFile file = new RandomAccessFile(dir.resolve(name).toFile(), "rw")) {
        file.setLength(8L * MIB);
      }
    }
    engine = new RealEngine("hostA");
    other = new RealEngine("hostB");
    door = new TestDoor(dir, engine.manager(), ServerLimits.DEFAULT);
    replay = new Replay(dir, PID);
  }

  @AfterAll
  static void stop() {
    door.close();
    engine.close();
    other.close();
    assertThat(engine.failures()).isEmpty();
    assertThat(other.failures()).isEmpty();
    assertThat(door.daemon().lines()).noneMatch(line -> line.contains("fault in the daemon"));
  }

  private interface Action {
    void run() throws Exception;
  }

  @TestFactory
  List<DynamicTest> conversations() {
    withoutLockspace();
    joining();
    holding();
    twoHosts();
    index();
    leaving();
    step(
        "every recording", () -> assertThat(replayed).containsExactlyElementsOf(Recording.names()));
    return steps;
  }

  private void step(String name, Action action) {
    steps.add(dynamicTest(name, action::run));
  }

  /** Recordings that are the same byte for byte. */
  private void same(String... names) {
    for (String name : names) {
      step(name, () -> Replay.assertSame(exchanges(name)));
    }
  }

  private List<Replay.Exchange> exchanges(String name) throws Exception {
    replayed.add(name);
    List<Replay.Exchange> exchanges = new ArrayList<>();
    for (Recording.Connection connection : Recording.read(name).connections()) {
      try (RawClient client = door.connect()) {
        exchanges.addAll(replay.play(connection, client));
      }
      // What the next one asks for may list whoever is still connected.
      door.awaitConnections(holder == null ? 0 : 1);
    }
    awaitHolders(holder == null ? 0 : 1);
    return exchanges;
  }

  // ---- the order of the day -------------------------------------------------------------------

  private void withoutLockspace() {
    same("version", "malformed", "not_registered", "inquire_no_such_pid", "register");
    same("restrict", "killpath", "inquire_empty");
    same("align", "write_lockspace", "read_lockspace", "read_lockspace_error");
    same("write_resource", "read_resource", "read_resource_error");
    same("get_hosts_error", "inq_lockspace", "rem_lockspace_error", "reg_event_error");
  }

  private void joining() {
    same("add_lockspace");
    step("get_hosts_not_ready", this::hostsRightAfterTheJoin);
    same("add_lockspace_exists", "get_lockspaces");
    same("set_config", "examine", "shutdown_wait_busy");
    step("shutdown", this::shutdownIsIgnored);
  }

  /** Not ready as recorded, or ready already: the first renewal half a second later decides. */
  private void hostsRightAfterTheJoin() throws Exception {
    Replay.Exchange exchange = only(exchanges("get_hosts_not_ready"));
    if (exchange.actual().header().data() != 0) {
      Replay.assertSame(List.of(exchange));
    } else {
      assertThat(exchange.actual().header().data2()).isEqualTo(1);
    }
  }

  private void holding() {
    step("areas", () -> writeResources("RB", "RC"));
    same("request", "acquire_inquire_release");
    step("a holder of RA", () -> holder = holding("RA", 0, 0, Flags.ACQUIRE_LVB));
    same("inquire_by_pid", "lvb", "acquire_by_pid", "acquire_error_exists");
    step("read_resource_owners", this::owners);
    step("get_hosts", this::hosts);
    step("host_status", () -> RecordedStates.assertAlike(only(exchanges("host_status"))));
    step("renewal", () -> RecordedStates.assertRenewals(only(exchanges("renewal"))));
    step("status", () -> RecordedStates.assertAlike(only(exchanges("status"))));
    step("log_dump", this::log);
    same("release_rename", "release_all", "release_error_not_held");
    step("areas again", () -> writeResources("RA", "RC"));
    step("a holder of RA again", () -> nextHolder("RA", 0, 0));
    same("convert");
    step("an orphan RB", () -> nextHolder("RB", MIB, Flags.RES_PERSISTENT));
    step("its holder is gone", this::noHolder);
    same("orphan");
  }

  private void twoHosts() {
    step("another host holds RA", this::otherHost);
    same("acquire_errors", "set_event");
    step("reg_event_end_event", this::event);
    step("the other host leaves", () -> other.end());
  }

  private void index() {
    same("format_rindex", "create_resource", "lookup_rindex", "lookup_rindex_error");
    same("update_rindex", "rebuild_rindex", "delete_resource");
  }

  private void leaving() {
    same("rem_lockspace", "add_lockspace_async", "shutdown_wait_force");
    step("the process is to exit", () -> door.daemon().ended().await());
  }

  // ---- steps ----------------------------------------------------------------------------------

  private void writeResources(String... names) throws Exception {
    for (String name : names) {
      long offset = name.equals("RA") ? 0 : name.equals("RB") ? MIB : 2L * MIB;
      engine.manager().writeResource(location(name, offset), Geometry.SECTOR_512, 0, false);
    }
  }

  private ResourceLocation location(String name, long offset) {
    return ResourceLocation.of(
        ResourceId.of("LS1", name), new DiskLocation(dir.resolve("res").toString(), offset));
  }

  private RawClient holding(String name, long offset, int resourceFlags, int flags)
      throws Exception {
    RawClient client = door.connect().register();
    WireDisk disk = WireDisk.of(dir.resolve("res").toString(), offset);
    WireResource resource =
        WireResource.of(LS1, Name.of(name), List.of(disk)).withFlags(resourceFlags);
    client.send(
        Request.of(
            Command.ACQUIRE,
            flags,
            1,
            -1,
            new RequestBody.Acquire(List.of(resource), WireOptions.NONE)));
    assertThat(client.result(Command.ACQUIRE)).isZero();
    return client;
  }

  private void nextHolder(String name, long offset, int flags) throws Exception {
    noHolder();
    holder = holding(name, offset, flags, 0);
  }

  private void noHolder() throws Exception {
    holder.close();
    holder = null;
    awaitHolders(0);
  }

  /** Waits until so many are registered, and nothing is being released any more. */
  private void awaitHolders(int count) throws InterruptedException {
    while (engine.manager().snapshot().holders().size() != count
        || engine.manager().snapshot().leases().stream()
            .anyMatch(lease -> lease.state() == LeaseState.RELEASING)) {
      Thread.sleep(5);
    }
  }

  private static Replay.Exchange only(List<Replay.Exchange> exchanges) {
    assertThat(exchanges).hasSize(1);
    return exchanges.getFirst();
  }

  private void shutdownIsIgnored() throws Exception {
    replayed.add("shutdown");
    try (RawClient client = door.connect()) {
      client.send(Recording.read("shutdown").connections().getFirst().sent());
      assertThat(client.isClosedByDaemon()).isTrue();
    }
    door.daemon().awaitLine("no shutdown");
    assertThat(door.daemon().ended().getCount()).isEqualTo(1);
  }

  /** Host-dependent: the timestamp of the owner. */
  private void owners() throws Exception {
    Replay.Exchange exchange = only(exchanges("read_resource_owners"));
    ReplyBody.Owners expected = (ReplyBody.Owners) exchange.expected().body();
    ReplyBody.Owners actual = (ReplyBody.Owners) exchange.actual().body();
    assertThat(exchange.actual().header()).isEqualTo(exchange.expected().header());
    assertThat(actual.resource()).isEqualTo(expected.resource());
    assertThat(withoutTime(actual.owners())).isEqualTo(withoutTime(expected.owners()));
    assertThat(actual.owners().getFirst().timestamp()).isPositive();
  }

  /** Host-dependent: the timestamp. The hosts are known once the first renewal was made. */
  private void hosts() throws Exception {
    while (hostsAreUnknown()) {
      Thread.sleep(50);
    }
    Replay.Exchange exchange = only(exchanges("get_hosts"));
    ReplyBody.Hosts expected = (ReplyBody.Hosts) exchange.expected().body();
    ReplyBody.Hosts actual = (ReplyBody.Hosts) exchange.actual().body();
    assertThat(exchange.actual().header()).isEqualTo(exchange.expected().header());
    assertThat(withoutTime(actual.hosts())).isEqualTo(withoutTime(expected.hosts()));
  }

  private static boolean hostsAreUnknown() {
    try {
      return engine.manager().hosts(LS1, OptionalLong.empty()).isEmpty();
    } catch (LeaseException e) {
      return true;
    }
  }

  private static List<WireHost> withoutTime(List<WireHost> hosts) {
    return hosts.stream()
        .map(h -> new WireHost(h.hostId(), h.generation(), 0, h.ioTimeout(), h.flags()))
        .toList();
  }

  /** Host-dependent: the text and its length. */
  private void log() throws Exception {
    Replay.Exchange exchange = only(exchanges("log_dump"));
    Reply actual = exchange.actual();
    int length = ((ReplyBody.Bytes) actual.body()).bytes().length();
    Header header = exchange.expected().header();
    assertThat(actual.header())
        .isEqualTo(
            new Header(
                header.magic(),
                header.version(),
                header.command(),
                header.flags(),
                header.length(),
                header.seq(),
                length,
                header.data2()));
  }

  private void otherHost() throws Exception {
    LockspaceSpec spec = LockspaceSpec.of("LS1", 2, dir.resolve("ls").toString());
    other.manager().addLockspace(spec, JoinOptions.DEFAULT.withIoTimeout(1));
    HolderId id = other.manager().register(PID, Lifetime.CONNECTION, HolderLabel.NONE);
    AcquireResult result =
        other
            .manager()
            .acquire(id, AcquireRequest.of(LeaseRequest.of(location("RA", 0), HoldMode.EXCLUSIVE)));
    assertThat(result).isInstanceOf(AcquireResult.Granted.class);
    // Until our own host has seen it, it cannot tell that it is alive.
    while (engine.manager().hosts(LS1, OptionalLong.of(2)).getFirst().timestamp() == 0) {
      Thread.sleep(50);
    }
    releaseLater = () -> other.manager().releaseAll(id);
  }

  private Action releaseLater = () -> {};

  private void event() throws Exception {
    releaseLater.run();
    replayed.add("reg_event_end_event");
    List<Recording.Connection> connections = Recording.read("reg_event_end_event").connections();
    List<Recording.Part> parts = connections.getFirst().parts();
    try (RawClient client = door.connect()) {
      client.send(parts.get(0).bytes());
      byte[] recorded = parts.get(1).bytes();
      assertThat(client.source().take(Header.SIZE))
          .isEqualTo(ByteSource.of(recorded).take(Header.SIZE));
      other.manager().setEvent(LS1, 1, 1, 0x1234, 0x5678, Set.of());
      byte[] message = client.source().take(EventMessage.SIZE);
      assertThat(EventMessage.decode(message, 0))
          .isEqualTo(EventMessage.decode(recorded, Header.SIZE));
      client.send(parts.get(2).bytes());
    }
    try (RawClient client = door.connect()) {
      Replay.assertSame(replay.play(connections.get(1), client));
    }
  }
}
