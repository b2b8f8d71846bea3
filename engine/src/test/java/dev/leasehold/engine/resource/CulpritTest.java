// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.created;
import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Refusals name the culprit. The clock of the world starts at 2026-03-01 10:00:00. */
class CulpritTest {
  @Test
  void aGuestOnAnotherHost() throws Exception {
    World.run(
        world -> {
          FakeHost kvm3 = world.host(3);
          world.pass(21 * 60 + 7);
          kvm3.granted(kvm3.holder(4242), created("a"));
          world.pass(60);
          FakeHost host = world.host(1);
          world.pass(30);
          Refusal refusal = host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, created("a"));
          assertThat(refusal.message())
              .isEqualTo(
                  "disk /srv/a is in use by guest web4242 (pid 4242) on host kvm3 (host id 3)"
                      + " since 10:21:07");
          Holding culprit = refusal.culprit().orElseThrow();
          assertThat(culprit.hostId()).isEqualTo(3);
          assertThat(culprit.hostName()).contains("kvm3");
          assertThat(culprit.pid()).hasValue(4242);
          assertThat(culprit.who()).contains("guest web4242");
          assertThat(culprit.sinceExact()).isTrue();
          assertThat(culprit.alive()).contains(true);
          assertThat(culprit.local()).isFalse();
          assertThat(culprit.mode()).isEqualTo(HoldMode.EXCLUSIVE);
        });
  }

  /** A host that runs C writes no note: its delta lease tells its name and, roughly, the time. */
  @Test
  void aHostWithoutNote() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost kvm3 = world.host(3);
          world.storage.always(
              op -> op.writes(World.path("a"), Geometry.SECTOR_512.noteOffset()), Fault.EIO);
          world.pass(21 * 60 + 7);
          kvm3.granted(kvm3.holder(4242), exclusive("a"));
          FakeHost host = world.host(1);
          world.pass(3600);
          Refusal refusal = host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, exclusive("a"));
          assertThat(refusal.message())
              .matches(
                  "resource LS:a is in use on host kvm3 \\(host id 3\\) since about"
                      + " 10:2[01]:\\d\\d");
          assertThat(refusal.culprit().orElseThrow().sinceExact()).isFalse();
        });
  }

  /** A record with a good checksum may still say anything; a lease held by a live host is held. */
  @Test
  void aTimeThatCannotBeDoesNotTurnARefusalIntoAGrant() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost kvm3 = world.host(3);
          world.storage.always(
              op -> op.writes(World.path("a"), Geometry.SECTOR_512.noteOffset()), Fault.EIO);
          kvm3.granted(kvm3.holder(4242), exclusive("a"));
          world.pass(1);
          world.leader("a").toBuilder()
              .timestamp(Long.MIN_VALUE)
              .build()
              .encodeSector(MemorySegment.ofArray(world.storage.content(World.path("a"))), 0, 512);
          FakeHost host = world.host(1);
          Refusal refusal =
              host.refused(
                  host.holder(10), ErrorCode.ACQUIRE_IDLIVE, exclusive("b"), exclusive("a"));
          assertThat(refusal.message())
              .isEqualTo("resource LS:a is in use on host kvm3 (host id 3)");
          host.assertClean();
        });
  }

  /** As sanlock signs, and ours did: ten characters are left of the host's name. */
  private static EngineConfig generated(String nodeName) {
    return EngineConfig.of(Name.ofOwner("3f1c2b00-9a8d-4c5e-8f00-0123456789ab." + nodeName))
        .withNodeName(nodeName);
  }

  @Test
  void aHostThatSignsWithARandomNameIsCalledAsPeopleCallIt() throws Exception {
    World.run(
        world -> {
          world.format("b");
          FakeHost far = new FakeHost(world, 3, generated("kvm3.rack7.example.org"));
          far.granted(far.holder(4242), created("a"));
          far.granted(far.holder(4243), shared("b"));
          world.pass(1);
          FakeHost host = world.host(1);
          world.pass(60);
          String where = " on host kvm3.rack7.example.org (host id 3) since 10:00:00";
          assertThat(host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, created("a")))
              .extracting(Refusal::message)
              .isEqualTo("disk /srv/a is in use by guest web4242 (pid 4242)" + where);
          assertThat(host.refused(host.holder(11), ErrorCode.EAGAIN, exclusive("b")))
              .extracting(Refusal::message)
              .isEqualTo("resource LS:b is in shared use by guest web4243 (pid 4243)" + where);
          assertThat(far.refused(far.holder(12), ErrorCode.EEXIST, exclusive("a")))
              .extracting(Refusal::message)
              .isEqualTo(
                  "resource LS:a is in use by guest web4242 (pid 4242) on this host,"
                      + " kvm3.rack7.example.org (host id 3) since 10:00:00");
        });
  }

  /** Its record is all that is known then. */
  @Test
  void ofAHostWithoutNoteWhatItsRecordHasLeftOfItsNameIsShown() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost far = new FakeHost(world, 3, generated("kvm3.rack7.example.org"));
          world.storage.always(
              op -> op.writes(World.path("a"), Geometry.SECTOR_512.noteOffset()), Fault.EIO);
          far.granted(far.holder(4242), exclusive("a"));
          FakeHost host = world.host(1);
          world.pass(60);
          assertThat(host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, exclusive("a")))
              .extracting(Refusal::message)
              .asString()
              .startsWith("resource LS:a is in use on host kvm3.rack7 (host id 3) since");
        });
  }

  @Test
  void aNameThatSomebodyGaveAHostCountsMoreThanItsOwn() throws Exception {
    World.run(
        world -> {
          EngineConfig given = EngineConfig.of(Name.of("rack7-left")).withNodeName("localhost");
          FakeHost far = new FakeHost(world, 3, given);
          far.granted(far.holder(4242), created("a"));
          world.pass(1);
          FakeHost host = world.host(1);
          assertThat(host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, created("a")))
              .extracting(Refusal::message)
              .asString()
              .contains(" on host rack7-left (host id 3) since");
        });
  }

  @Test
  void aNoteOfAnEarlierHolderIsNotShown() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost kvm3 = world.host(3);
          HolderId first = kvm3.holder(4242);
          kvm3.granted(first, exclusive("a"));
          world.pass(1);
          kvm3.release(first, "a");
          world.storage.always(
              op -> op.writes(World.path("a"), Geometry.SECTOR_512.noteOffset()), Fault.EIO);
          kvm3.granted(kvm3.holder(5555), exclusive("a"));
          FakeHost host = world.host(1);
          Refusal refusal = host.refused(host.holder(10), ErrorCode.ACQUIRE_IDLIVE, exclusive("a"));
          assertThat(refusal.message()).doesNotContain("4242").contains("kvm3");
          assertThat(refusal.culprit().orElseThrow().pid()).isEmpty();
        });
  }

  @Test
  void aProcessOnThisHost() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          host.processes.spawn(4242);
          HolderId holder =
              host.engine.register(
                  4242, Lifetime.PROCESS, HolderLabel.command("qemu-system-x86_64"));
          host.granted(holder, exclusive("a"));
          Refusal refusal =
              host.refused(
                  host.holder(10), ErrorCode.EEXIST, exclusive("a").forDisk("/srv/a.qcow2"));
          assertThat(refusal.message())
              .isEqualTo(
                  "disk /srv/a.qcow2 is in use by qemu-system-x86_64 (pid 4242) on this host,"
                      + " kvm1 (host id 1) since 10:00:00");
          assertThat(refusal.culprit().orElseThrow().local()).isTrue();
        });
  }

  @Test
  void aHostThatMayBeDead() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost kvm3 = world.host(3);
          kvm3.granted(kvm3.holder(4242), exclusive("a"));
          world.pass(5);
          kvm3.die();
          FakeHost host = world.host(1);
          Refusal refusal =
              host.refused(
                  host.holder(10),
                  AcquireOptions.DEFAULT.withoutWaiting(),
                  ErrorCode.ACQUIRE_OWNED_RETRY,
                  exclusive("a"));
          assertThat(refusal.message())
              .contains("guest web4242 (pid 4242) on host kvm3", "no sign of life");
          assertThat(refusal.culprit().orElseThrow().alive()).isEmpty();
        });
  }

  @Test
  void aSharerOnAnotherHost() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost kvm3 = world.host(3);
          kvm3.granted(kvm3.holder(4242), shared("a"));
          world.pass(1);
          FakeHost host = world.host(1);
          world.pass(60);
          Refusal refusal = host.refused(host.holder(10), ErrorCode.EAGAIN, exclusive("a"));
          assertThat(refusal.message())
              .isEqualTo(
                  "resource LS:a is in shared use by guest web4242 (pid 4242) on host kvm3 (host id"
                      + " 3) since 10:00:00");
        });
  }

  @Test
  void whoHoldsListsEverybody() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost one = world.host(1);
          FakeHost two = world.host(2);
          assertThat(one.engine.whoHolds(World.at("a"))).isEmpty();
          HolderId here = one.holder(10);
          one.granted(here, shared("a"));
          HolderId also = one.holder(11);
          one.granted(also, shared("a"));
          two.granted(two.holder(20), shared("a"));
          world.pass(1);
          assertThat(one.engine.whoHolds(World.at("a")))
              .extracting(Holding::pid)
              .containsExactly(OptionalInt.of(10), OptionalInt.of(11), OptionalInt.of(20));
          assertThat(two.engine.whoHolds(World.at("a")))
              .extracting(Holding::who)
              .containsExactly(Optional.of("guest web20"), Optional.of("guest web10"));
          // The note follows the holders that stay.
          one.release(here, "a");
          world.pass(1);
          assertThat(two.engine.whoHolds(World.at("a")))
              .extracting(Holding::who)
              .containsExactly(Optional.of("guest web20"), Optional.of("guest web11"));
          assertThat(one.engine.readOwners(World.at("a")).owners())
              .extracting(ResourceOwners.Owner::hostId, ResourceOwners.Owner::mode)
              .containsExactly(
                  org.assertj.core.groups.Tuple.tuple(1L, HoldMode.SHARED),
                  org.assertj.core.groups.Tuple.tuple(2L, HoldMode.SHARED));
        });
  }

  @Test
  void aConversionRewritesTheNote() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost one = world.host(1);
          FakeHost two = world.host(2);
          HolderId holder = one.holder(10);
          one.granted(holder, shared("a"));
          one.engine.convert(holder, World.id("a"), HoldMode.EXCLUSIVE, false);
          world.pass(1);
          assertThat(two.engine.whoHolds(World.at("a")))
              .singleElement()
              .satisfies(
                  holding -> {
                    assertThat(holding.pid()).hasValue(10);
                    assertThat(holding.mode()).isEqualTo(HoldMode.EXCLUSIVE);
                  });
        });
  }

  @Test
  void aRefusalRightAfterAConversionNamesTheSharer() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost one = world.host(1);
          FakeHost two = world.host(2);
          HolderId holder = one.holder(10);
          one.granted(holder, exclusive("a"));
          world.pass(60);
          one.engine.convert(holder, World.id("a"), HoldMode.SHARED, false);
          // The note of the shared lease is not written yet when the other host looks.
          world.storage.latency(Duration.ofNanos(1000));
          Refusal refusal = two.refused(two.holder(20), ErrorCode.EAGAIN, exclusive("a"));
          assertThat(refusal.message()).contains("is in shared use by guest web10");
        });
  }

  @Test
  void aNoteThatCannotBeWrittenChangesNothing() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          long note = Geometry.SECTOR_512.noteOffset();
          world.storage.always(op -> op.writes(World.path("a"), note), Fault.VANISH);
          long start = world.time.bootNanos();
          host.granted(holder, exclusive("a"));
          assertThat(world.time.bootNanos() - start).isLessThan(1_000_000_000L);
          // The release waits its turn: there is never more than one write in flight.
          world.pass(1);
          world.time.start(
              "storage",
              () -> {
                world.pass(5);
                world.storage.unhang();
              });
          host.release(holder, "a");
          world.assertFree("a");
          host.assertClean();
        });
  }

  @Test
  void aGuestIsNamedWithItsUuid() {
    Holding holding =
        new Holding(
            3,
            1,
            Optional.of("kvm3"),
            Optional.empty(),
            false,
            HoldMode.SHARED,
            OptionalInt.of(7),
            Optional.of("guest web1"),
            Optional.of(new UUID(1, 2)),
            Optional.empty(),
            Optional.empty(),
            true);
    assertThat(holding.sentence("disk /a", Instant.EPOCH, ZoneOffset.UTC))
        .isEqualTo(
            "disk /a is in shared use by guest web1 (uuid 00000000-0000-0001-0000-000000000002,"
                + " pid 7) on host kvm3 (host id 3)");
  }

  @Test
  void sentencesAreSafeForTerminalsAndSayTheDateOfOldHoldings() {
    Holding holding =
        new Holding(
            3,
            1,
            Optional.of("kvm\u001b[31m3"),
            Optional.empty(),
            false,
            HoldMode.EXCLUSIVE,
            OptionalInt.of(7),
            Optional.of("evil\nname"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Instant.parse("2026-02-27T23:59:59Z")),
            true);
    assertThat(holding.sentence("disk /a", Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC))
        .isEqualTo(
            "disk /a is in use by evil?name (pid 7) on host kvm?[31m3 (host id 3) since 2026-02-27"
                + " 23:59:59");
  }
}
