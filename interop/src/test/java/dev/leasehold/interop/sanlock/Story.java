// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.sanlock;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.AcquireOption;
import dev.leasehold.sanlock.client.AreaCommands;
import dev.leasehold.sanlock.client.EventOption;
import dev.leasehold.sanlock.client.EventStream;
import dev.leasehold.sanlock.client.Host;
import dev.leasehold.sanlock.client.IndexCommands;
import dev.leasehold.sanlock.client.LeasePlace;
import dev.leasehold.sanlock.client.LeaseWish;
import dev.leasehold.sanlock.client.LockspaceCommands;
import dev.leasehold.sanlock.client.LockspaceRef;
import dev.leasehold.sanlock.client.OtherProcess;
import dev.leasehold.sanlock.client.RegisteredProcess;
import dev.leasehold.sanlock.client.ResourceRef;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What our Java client asks a daemon, from joining a lockspace to leaving it. */
final class Story {
  private static final long MIB = 1 << 20;
  private static final Name LS = Name.of("LS1");
  private static final int PID = (int) ProcessHandle.current().pid();

  private final SanlockClient client;
  private final Transcript told;
  private final Path dir;
  private final LockspaceRef lockspace;

  Story(SanlockClient client, Path dir) {
    this.client = client;
    this.told = new Transcript(dir);
    this.dir = dir;
    this.lockspace = LockspaceRef.of("LS1", 1, dir.resolve("ls").toString());
  }

  List<String> tell() throws Exception {
    storage();
    joining();
    leases();
    values();
    orphans();
    refusals();
    hostsAndEvents();
    index();
    leaving();
    return told.lines();
  }

  private LeasePlace place(String file, long mib) {
    return new LeasePlace(dir.resolve(file).toString(), mib * MIB);
  }

  private ResourceRef resource(String name, long mib) {
    return ResourceRef.of("LS1", name, place("res", mib));
  }

  private void storage() throws Exception {
    AreaCommands areas = client.areas();
    told.ask("version", client::version);
    told.ask("align", () -> areas.align(lockspace.place().path()));
    told.ask("align nothing", () -> areas.align(""));
    told.ask("align no file", () -> areas.align("/nowhere"));
    told.ask("read before", () -> areas.readLockspace(lockspace.place()));
    told.run("write", () -> areas.writeLockspace(LS, lockspace.place(), Optional.empty(), 3));
    told.run(
        "write no file", () -> areas.writeLockspace(LS, LeasePlace.of("/no"), Optional.empty(), 3));
    told.ask("read", () -> areas.readLockspace(lockspace.place()));
    for (int i = 0; i < 4; i++) {
      ResourceRef resource = resource("R" + i, i);
      told.run("write " + i, () -> write(resource, 0));
    }
    told.run("write few hosts", () -> write(resource("R4", 4), 5));
    told.run("write no file", () -> write(ResourceRef.of("LS1", "R", LeasePlace.of("/no")), 0));
    told.ask("read R0", () -> areas.readResource(place("res", 0)));
    told.ask("read empty", () -> areas.readResource(place("res", 5)));
    told.ask("owners", () -> areas.readOwners(resource("R0", 0)));
    told.ask("owners other name", () -> areas.readOwners(resource("RX", 0)));
    told.ask("owners no name", () -> areas.readOwners(resource("", 0)));
  }

  private void write(ResourceRef resource, int hosts) throws IOException, SanlockException {
    client.areas().writeResource(resource, Optional.of(Geometry.SECTOR_512), hosts, false);
  }

  private void joining() throws Exception {
    LockspaceCommands lockspaces = client.lockspaces();
    told.ask("inquire before", () -> lockspaces.inquire(lockspace));
    told.ask("hosts before", () -> lockspaces.hosts(LS));
    told.run("remove before", () -> lockspaces.remove(lockspace, false));
    told.run("no name", () -> lockspaces.add(LockspaceRef.of("", 1, "/x"), 3));
    told.run("no path", () -> lockspaces.add(LockspaceRef.of("LS1", 1, ""), 3));
    told.run("no host id", () -> lockspaces.add(LockspaceRef.of("LS1", 0, "/x"), 3));
    told.run("no file", () -> lockspaces.add(LockspaceRef.of("LS1", 1, "/nowhere"), 3));
    told.run("no lockspace", () -> lockspaces.add(new LockspaceRef(LS, 1, place("res", 5)), 3));
    told.run("too high", () -> lockspaces.add(new LockspaceRef(LS, 2001, lockspace.place()), 3));
    told.run("far too high", () -> lockspaces.add(new LockspaceRef(LS, -5, lockspace.place()), 3));
    told.run("start", () -> lockspaces.startAdd(lockspace, 3));
    told.ask("inquire meanwhile", () -> lockspaces.inquire(lockspace));
    told.run("add meanwhile", () -> lockspaces.add(lockspace, 3));
    told.ask("await", () -> lockspaces.await(lockspace));
    told.run("add again", () -> lockspaces.add(lockspace, 3));
    told.run("other host id", () -> lockspaces.add(new LockspaceRef(LS, 2, lockspace.place()), 3));
    told.run(
        "other name",
        () -> lockspaces.add(new LockspaceRef(Name.of("X"), 1, lockspace.place()), 3));
    told.ask("any host id", () -> lockspaces.inquire(new LockspaceRef(LS, 0, lockspace.place())));
    told.ask("list", lockspaces::list);
    told.run("used", () -> lockspaces.declare(LS, LockspaceCommands.Use.USED));
    told.run("unused", () -> lockspaces.declare(LS, LockspaceCommands.Use.UNUSED));
  }

  private void leases() throws Exception {
    ResourceRef r0 = resource("R0", 0);
    ResourceRef r1 = resource("R1", 1);
    OtherProcess same = client.process(PID);
    told.ask("inquire, not registered", same::inquireText);
    try (RegisteredProcess holder = client.register()) {
      told.ask("nothing", holder::inquireText);
      told.run("killpath", () -> holder.killPath("/bin/true", "a b", true));
      told.run("restrict", () -> holder.restrict(true, false));
      told.run(
          "both",
          () ->
              holder.acquire(
                  List.of(LeaseWish.exclusive(r0), LeaseWish.shared(r1)), Set.of(), "me"));
      told.ask("state", holder::inquireText);
      told.ask("state by pid", same::inquireText);
      told.ask("owners R1", () -> client.areas().readOwners(r1).shared());
      told.run("again", () -> holder.acquire(LeaseWish.exclusive(r0)));
      told.run("shared of exclusive", () -> holder.acquire(LeaseWish.shared(r0)));
      told.run("shared again", () -> holder.acquire(LeaseWish.shared(r1)));
      told.ask("twice", holder::inquireText);
      told.run("release one", () -> holder.release(List.of(r1)));
      told.run("to exclusive", () -> holder.convert(r1, false, Set.of()));
      told.run("already", () -> holder.convert(r1, false, Set.of()));
      told.ask("converted", holder::inquireText);
      told.run("to shared", () -> same.convert(r0, true, Set.of()));
      told.ask("converted too", holder::inquireText);
      told.run("not held", () -> holder.convert(resource("R2", 2), true, Set.of()));
      told.run("release not held", () -> holder.release(List.of(resource("R2", 2), r0)));
      told.run("rename", () -> holder.releaseRenamed(r1, Name.of("RN")));
      told.ask("renamed", () -> client.areas().readResource(place("res", 1)));
      told.ask("empty", holder::inquireText);
      told.run("all of nothing", holder::releaseAll);
      told.run(
          "twice in one",
          () ->
              holder.acquire(
                  List.of(LeaseWish.exclusive(r0), LeaseWish.exclusive(r0)), Set.of(), ""));
      told.ask("still empty", holder::inquireText);
    }
    gone();
  }

  /** Waits until the daemon has forgotten this process. */
  private void gone() throws Exception {
    while (client.status().all().clients().stream().anyMatch(c -> c.pid() == PID)
        || client.status().all().resources().stream().anyMatch(r -> !r.list().equals("orphan"))) {
      Thread.sleep(20);
    }
  }

  private void values() throws Exception {
    ResourceRef r2 = resource("R2", 2);
    told.run("set, not held", () -> client.setLvb(r2, new byte[8]));
    try (RegisteredProcess holder = client.register()) {
      told.run("acquire", () -> holder.acquire(LeaseWish.exclusive(r2)));
      told.run("set, without", () -> client.setLvb(r2, new byte[8]));
      told.run("release", holder::releaseAll);
      told.run(
          "with",
          () -> holder.acquire(List.of(LeaseWish.exclusive(r2)), Set.of(AcquireOption.LVB), ""));
      told.run("set", () -> client.setLvb(r2, new byte[] {7, 8, 9}));
      told.run("too long", () -> client.setLvb(r2, new byte[513]));
      told.ask("get", () -> Arrays.hashCode(client.getLvb(r2)));
      told.run("release", holder::releaseAll);
      told.run(
          "again",
          () -> holder.acquire(List.of(LeaseWish.exclusive(r2)), Set.of(AcquireOption.LVB), ""));
      told.ask("kept", () -> Arrays.hashCode(client.getLvb(r2)));
      told.run("request old", () -> client.request(r2, OptionalLong.of(1), false));
      told.run("examine", () -> client.examine(r2));
    }
    gone();
    told.run("request free", () -> client.request(r2, OptionalLong.empty(), false));
  }

  private void orphans() throws Exception {
    ResourceRef r3 = resource("R3", 3);
    try (RegisteredProcess holder = client.register()) {
      told.run("persistent", () -> holder.acquire(LeaseWish.exclusive(r3).asPersistent()));
    }
    gone();
    told.ask(
        "orphan",
        () ->
            client.status().all().resources().stream()
                .map(r -> r.list() + r.resource().name() + r.lver() + (r.pid() == PID))
                .toList());
    told.run("remove unused", () -> client.lockspaces().remove(lockspace, true));
    try (RegisteredProcess holder = client.register()) {
      told.run("in the way", () -> holder.acquire(LeaseWish.exclusive(r3)));
      told.run(
          "other mode",
          () -> holder.acquire(List.of(LeaseWish.shared(r3)), Set.of(AcquireOption.ORPHAN), ""));
      told.run(
          "adopt",
          () ->
              holder.acquire(
                  List.of(LeaseWish.exclusive(r3).asPersistent()),
                  Set.of(AcquireOption.ORPHAN),
                  ""));
      told.ask("adopted", holder::inquireText);
    }
    gone();
    try (RegisteredProcess holder = client.register()) {
      told.ask("release orphans", () -> holder.releaseOrphans(LS, Optional.empty()));
      told.ask("none left", () -> holder.releaseOrphans(LS, Optional.of(Name.of("R3"))));
    }
    gone();
  }

  private void refusals() throws Exception {
    try (RegisteredProcess holder = client.register()) {
      told.run(
          "no lockspace",
          () -> holder.acquire(LeaseWish.exclusive(ResourceRef.of("NO", "R0", place("res", 0)))));
      told.run(
          "no file",
          () ->
              holder.acquire(
                  LeaseWish.exclusive(ResourceRef.of("LS1", "R0", LeasePlace.of("/no")))));
      told.run("nothing there", () -> holder.acquire(LeaseWish.exclusive(resource("R0", 5))));
      told.run("other name", () -> holder.acquire(LeaseWish.exclusive(resource("RX", 0))));
      told.run(
          "version", () -> holder.acquire(LeaseWish.exclusive(resource("R0", 0)).atVersion(99)));
      told.run(
          "nine",
          () ->
              holder.acquire(
                  Collections.nCopies(9, LeaseWish.exclusive(resource("R0", 0))), Set.of(), ""));
      told.run(
          "no disks", () -> holder.acquire(LeaseWish.exclusive(ResourceRef.named("LS1", "R0"))));
      told.run(
          "five disks",
          () ->
              holder.acquire(
                  LeaseWish.exclusive(
                      new ResourceRef(
                          LS, Name.of("R0"), Collections.nCopies(5, place("res", 0))))));
      told.run("none at all", () -> holder.acquire(List.of(), Set.of(), ""));
      told.ask("nothing", holder::inquireText);
      ResourceRef spaced = ResourceRef.of("LS1", "with space", place("res", 4));
      told.run("with space", () -> write(spaced, 0));
      told.run("held", () -> holder.acquire(LeaseWish.exclusive(spaced)));
      told.ask("cannot be told", holder::inquireText);
      told.run("all", holder::releaseAll);
    }
    told.run("inquire nobody", () -> client.process(999_999).inquireText());
    gone();
  }

  /** The first renewal makes the hosts known; when it comes is not compared. */
  private void awaitHosts() throws Exception {
    while (true) {
      try {
        client.lockspaces().hosts(LS);
        return;
      } catch (SanlockException e) {
        if (!e.is(ErrorCode.EAGAIN)) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private void hostsAndEvents() throws Exception {
    awaitHosts();
    LockspaceCommands lockspaces = client.lockspaces();
    told.ask(
        "hosts",
        () -> lockspaces.hosts(LS).stream().map(h -> h.hostId() + " " + h.state()).toList());
    told.ask("host 3", () -> lockspaces.host(LS, 3).map(Host::state));
    told.ask("host 5000", () -> lockspaces.host(LS, 5000).map(Host::state));
    told.run(
        "event", () -> lockspaces.setEvent(LS, 2, 0, 1, 2, Set.of(EventOption.CURRENT_GENERATION)));
    told.run("another", () -> lockspaces.setEvent(LS, 2, 0, 3, 2, Set.of()));
    told.run("replaced", () -> lockspaces.setEvent(LS, 2, 0, 3, 2, Set.of(EventOption.REPLACE)));
    told.run("cleared", () -> lockspaces.setEvent(LS, 2, 0, 0, 0, Set.of(EventOption.CLEAR_EVENT)));
    told.run("no host", () -> lockspaces.setEvent(LS, 0, 0, 1, 1, Set.of()));
    told.run("no such host", () -> lockspaces.setEvent(LS, 2001, 0, 1, 1, Set.of()));
    told.run("no lockspace", () -> lockspaces.setEvent(Name.of("NO"), 2, 0, 1, 1, Set.of()));
    told.run("subscribe", () -> lockspaces.events(LS).close());
    told.run("subscribe nowhere", () -> lockspaces.events(Name.of("NO")).close());
    List<EventStream> all = new ArrayList<>();
    told.ask(
        "33 subscribers",
        () -> {
          for (int i = 0; i < 33; i++) {
            all.add(lockspaces.events(LS));
          }
          return all.size();
        });
    told.add("subscribed: " + all.size());
    all.forEach(EventStream::close);
    told.run("examine", () -> lockspaces.examine(lockspace));
    told.ask("host status", () -> client.status().hosts(LS).keySet());
    told.ask("host status nowhere", () -> client.status().hosts(Name.of("NO")));
    told.ask("renewals nowhere", () -> client.status().renewals(Name.of("NO")));
  }

  private void index() throws Exception {
    IndexCommands indexes = client.indexes();
    IndexCommands.Index index = new IndexCommands.Index(LS, place("rx", 0));
    told.ask("no index", () -> indexes.firstFree(index));
    told.run("format", () -> indexes.format(index, Geometry.SECTOR_512, 8));
    told.ask("first", () -> indexes.firstFree(index));
    for (String name : List.of("a", "b", "a")) {
      told.ask("create " + name, () -> indexes.create(index, Name.of(name), 0));
    }
    told.ask("find", () -> indexes.find(index, Name.of("a")));
    told.ask("at", () -> indexes.at(index, 3 * MIB));
    told.ask("at free", () -> indexes.at(index, 5 * MIB));
    told.ask("crooked", () -> indexes.at(index, 3 * MIB + 512));
    told.run("delete", () -> indexes.delete(index, Name.of("a")));
    told.run("delete none", () -> indexes.delete(index, Name.of("z")));
    told.ask("cleared", () -> client.areas().readResource(place("rx", 2)));
    told.ask("second", () -> indexes.find(index, Name.of("a")));
    told.run("add", () -> indexes.add(index, new IndexCommands.Entry(Name.of("x"), 6 * MIB)));
    told.run(
        "add without name", () -> indexes.add(index, new IndexCommands.Entry(Name.EMPTY, 6 * MIB)));
    told.run("remove", () -> indexes.remove(index, 6 * MIB));
    told.run("rebuild", () -> indexes.rebuild(index));
    told.ask("b", () -> indexes.find(index, Name.of("b")));
    told.ask("x", () -> indexes.find(index, Name.of("x")));
    IndexCommands.Index foreign = new IndexCommands.Index(Name.of("NO"), place("rx", 0));
    told.ask("not joined", () -> indexes.firstFree(foreign));
  }

  private void leaving() throws Exception {
    told.run("busy", () -> client.shutdownAndWait(false));
    told.run("remove", () -> client.lockspaces().remove(lockspace, true));
    told.run("again", () -> client.lockspaces().remove(lockspace, false));
    told.ask("list", client.lockspaces()::list);
  }
}
