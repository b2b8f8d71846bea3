// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.server.RealEngine;
import dev.leasehold.sanlock.server.ServerLimits;
import dev.leasehold.sanlock.server.TestDoor;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client with our daemon on real files; the C daemon has the same test in module interop. */
@Timeout(60)
class SanlockClientTest {
  private static final int MIB = 1 << 20;
  private static final Name LS = Name.of("LS1");

  private static RealEngine engine;
  private static TestDoor door;
  private static SanlockClient client;
  private static LockspaceRef lockspace;
  private static String file;

  @BeforeAll
  static void join(@TempDir Path dir) throws Exception {
    for (String name : List.of("ls", "res")) {
      try (RandomAccessFile sparse = new RandomAccessFile(dir.resolve(name).toFile(), "rw")) {
        sparse.setLength(16L * MIB);
      }
    }
    engine = new RealEngine("hostA");
    door = new TestDoor(dir, engine.manager(), ServerLimits.DEFAULT);
    client = SanlockClient.at(door.path());
    lockspace = LockspaceRef.of("LS1", 1, dir.resolve("ls").toString());
    file = dir.resolve("res").toString();
    client.areas().writeLockspace(LS, lockspace.place(), Optional.empty(), 1);
    client.lockspaces().add(lockspace, 1);
  }

  @AfterAll
  static void leave() {
    door.close();
    engine.close();
    assertThat(engine.failures()).isEmpty();
  }

  @AfterEach
  void nobodyHoldsAnything() throws Exception {
    while (!engine.manager().snapshot().leases().isEmpty()) {
      Thread.sleep(5);
    }
  }

  private static ResourceRef resource(String name, int number) throws Exception {
    ResourceRef resource = ResourceRef.of("LS1", name, new LeasePlace(file, (long) number * MIB));
    client.areas().writeResource(resource, Optional.of(Geometry.SECTOR_512), 0, false);
    return resource;
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(SanlockException.class, e -> assertThat(e.code()).contains(code));
  }

  @Test
  void leases() throws Exception {
    ResourceRef one = resource("one", 0);
    ResourceRef two = resource("two", 1);
    try (RegisteredProcess holder = client.register()) {
      holder.restrict(false, false);
      holder.killPath("/bin/true", "x", true);
      holder.acquire(
          List.of(LeaseWish.exclusive(one), LeaseWish.shared(two)), Set.of(), "the holder");
      assertThat(holder.inquire())
          .containsExactly(
              new HeldLease(one, false, OptionalLong.of(1)),
              new HeldLease(two, true, OptionalLong.empty()));
      refused(ErrorCode.EEXIST, () -> holder.acquire(LeaseWish.exclusive(one)));
      holder.convert(two, false, Set.of());
      refused(ErrorCode.EALREADY, () -> holder.convert(two, false, Set.of()));
      OtherProcess same = client.process((int) ProcessHandle.current().pid());
      assertThat(same.inquireText()).startsWith("LS1:one:");
      AreaCommands.Owners owners = client.areas().readOwners(one);
      assertThat(owners.owners()).singleElement().satisfies(o -> assertThat(o.hostId()).isOne());
      same.release(List.of(one));
      refused(ErrorCode.EPERM, () -> same.release(List.of(one)));
      holder.releaseAll();
      assertThat(holder.inquire()).isEmpty();
    }
  }

  @Test
  void orphansRequestsAndValues() throws Exception {
    ResourceRef three = resource("three", 2);
    try (RegisteredProcess holder = client.register()) {
      holder.acquire(
          List.of(LeaseWish.exclusive(three).asPersistent()), Set.of(AcquireOption.LVB), "");
      client.setLvb(three, new byte[] {1, 2, 3});
      assertThat(client.getLvb(three)).hasSize(512).startsWith(1, 2, 3);
      client.examine(three);
      refused(ErrorCode.REQUEST_OLD, () -> client.request(three, OptionalLong.of(1), false));
    }
    while (client.status().all().resources().stream().noneMatch(r -> r.list().equals("orphan"))) {
      Thread.sleep(5);
    }
    try (RegisteredProcess holder = client.register()) {
      refused(ErrorCode.EUCLEAN, () -> holder.acquire(LeaseWish.exclusive(three)));
      assertThat(holder.releaseOrphans(LS, Optional.empty())).isEqualTo(1);
    }
  }

  @Test
  void lockspaces() throws Exception {
    LockspaceCommands lockspaces = client.lockspaces();
    assertThat(lockspaces.inquire(lockspace)).isEqualTo(LockspaceCommands.State.JOINED);
    assertThat(lockspaces.await(lockspace)).isEqualTo(LockspaceCommands.State.JOINED);
    LockspaceRef other = LockspaceRef.of("LS2", 1, "/nowhere");
    assertThat(lockspaces.inquire(other)).isEqualTo(LockspaceCommands.State.ABSENT);
    refused(ErrorCode.EEXIST, () -> lockspaces.add(lockspace, 1));
    refused(ErrorCode.ENODEV, () -> lockspaces.add(other, 1));
    refused(ErrorCode.ENOENT, () -> lockspaces.remove(other, false));
    assertThat(lockspaces.list()).extracting(l -> l.lockspace()).containsExactly(lockspace);
    while (!joined(lockspaces)) {
      Thread.sleep(20);
    }
    assertThat(lockspaces.hosts(LS)).extracting(Host::state).containsExactly(HostState.LIVE);
    assertThat(lockspaces.host(LS, 7)).hasValueSatisfying(h -> assertThat(h.timestamp()).isZero());
    assertThat(lockspaces.host(LS, 5000)).isEmpty();
    lockspaces.declare(LS, LockspaceCommands.Use.USED);
    lockspaces.declare(LS, LockspaceCommands.Use.UNUSED);
    lockspaces.setEvent(LS, 2, 0, 0x10, 0x20, Set.of(EventOption.CURRENT_GENERATION));
    refused(ErrorCode.EBUSY, () -> lockspaces.setEvent(LS, 2, 0, 0x11, 0, Set.of()));
    lockspaces.setEvent(LS, 2, 0, 0, 0, Set.of(EventOption.CLEAR_EVENT));
    lockspaces.examine(lockspace);
  }

  private static boolean joined(LockspaceCommands lockspaces) throws IOException {
    try {
      return !lockspaces.hosts(LS).isEmpty();
    } catch (SanlockException e) {
      assertThat(e.code()).contains(ErrorCode.EAGAIN);
      return false;
    }
  }

  @Test
  void events() throws Exception {
    try (EventStream events = client.lockspaces().events(LS)) {
      assertThat(events.next(Duration.ofMillis(20))).isEmpty();
    }
    refused(ErrorCode.ENOENT, () -> client.lockspaces().events(Name.of("none")));
  }

  @Test
  void areas() throws Exception {
    ResourceRef four = resource("four", 3);
    assertThat(client.areas().align(file)).isEqualTo(MIB);
    refused(ErrorCode.ENODEV, () -> client.areas().align("/nowhere"));
    assertThat(client.areas().readLockspace(lockspace.place()))
        .isEqualTo(new AreaCommands.LockspaceFound(lockspace, Optional.of(Geometry.SECTOR_512), 1));
    assertThat(client.areas().readResource(four.places().getFirst()))
        .isEqualTo(
            new AreaCommands.ResourceFound(
                LS, Name.of("four"), 0, Optional.of(Geometry.SECTOR_512)));
    refused(
        ErrorCode.LEADER_MAGIC, () -> client.areas().readResource(new LeasePlace(file, 7L * MIB)));
  }

  @Test
  void indexes() throws Exception {
    IndexCommands indexes = client.indexes();
    IndexCommands.Index index = new IndexCommands.Index(LS, new LeasePlace(file, 8L * MIB));
    refused(ErrorCode.RINDEX_MAGIC, () -> indexes.find(index, Name.of("a")));
    indexes.format(index, Geometry.SECTOR_512, 0);
    assertThat(indexes.firstFree(index)).isEqualTo(10L * MIB);
    assertThat(indexes.create(index, Name.of("a"), 0)).isEqualTo(10L * MIB);
    assertThat(indexes.create(index, Name.of("b"), 8)).isEqualTo(11L * MIB);
    assertThat(indexes.find(index, Name.of("b"))).hasValue(11L * MIB);
    assertThat(indexes.find(index, Name.of("c"))).isEmpty();
    assertThat(indexes.at(index, 10L * MIB).name()).isEqualTo(Name.of("a"));
    indexes.delete(index, Name.of("a"));
    indexes.add(index, new IndexCommands.Entry(Name.of("x"), 12L * MIB));
    indexes.remove(index, 12L * MIB);
    indexes.rebuild(index);
    assertThat(indexes.find(index, Name.of("b"))).hasValue(11L * MIB);
    assertThat(indexes.find(index, Name.of("a"))).isEmpty();
    refused(ErrorCode.RINDEX_OFFSET, () -> indexes.at(index, 10L * MIB + 512));
    refused(ErrorCode.RINDEX_OFFSET, () -> indexes.at(index, 1L << 50));
  }

  @Test
  void status() throws Exception {
    StatusCommands.Status status = client.status().all();
    assertThat(status.hostName()).isEqualTo(Name.of("hostA"));
    assertThat(status.daemon()).containsEntry("version_str", "3.8.5");
    assertThat(status.lockspaces()).extracting(l -> l.list()).containsExactly("spaces");
    assertThat(status.clients()).extracting(c -> c.ownerName().toString()).contains("status");
    assertThat(client.status().renewals(LS)).isNotEmpty();
    assertThat(client.status().hosts(LS)).isNotNull();
    assertThat(client.status().log()).contains("started");
    assertThat(client.version()).hasToString("3.8.5");
    refused(ErrorCode.ENOSPC, () -> client.status().hosts(Name.of("none")));
    refused(ErrorCode.EBUSY, () -> client.shutdownAndWait(false));
    client.shutdown(false);
    assertThat(client.version()).hasToString("3.8.5");
  }

  @Test
  void nobodyThere(@TempDir Path dir) {
    SanlockClient lonely = SanlockClient.of(Map.of("SANLOCK_RUN_DIR", dir.toString()));
    assertThatThrownBy(lonely::version).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> client.process(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRegistrationThatIsClosedIsNoUse() throws Exception {
    RegisteredProcess holder = client.register();
    holder.close();
    holder.close();
    assertThatThrownBy(holder::inquire)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(EOFException.class);
  }
}
