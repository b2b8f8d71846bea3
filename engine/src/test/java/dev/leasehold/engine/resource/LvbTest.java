// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 5.7, docs/spec/ondisk.md 6.8. */
class LvbTest {
  private static final AcquireOptions LVB = AcquireOptions.DEFAULT.withLvb();
  private static final int AT = 2002 * 512;

  private static void fails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String onDisk(World world) {
    byte[] content = world.storage.content(World.path("a"));
    return new String(Arrays.copyOfRange(content, AT, AT + 5), StandardCharsets.US_ASCII);
  }

  @Test
  void theValueTravelsWithTheRelease() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, LVB, exclusive("a"));
          host.engine.setLvb(World.id("a"), bytes("hello"));
          assertThat(onDisk(world)).isEqualTo("\0\0\0\0\0");
          assertThat(host.engine.getLvb(World.id("a"), 5)).isEqualTo(bytes("hello"));
          assertThat(host.engine.getLvb(World.id("a"), 0)).hasSize(512);
          host.release(holder, "a");
          assertThat(onDisk(world)).isEqualTo("hello");

          FakeHost other = world.host(2);
          HolderId second = other.holder(20);
          other.granted(second, LVB, exclusive("a"));
          other.engine.setLvb(World.id("a"), bytes("J"));
          other.release(second, "a");
          assertThat(onDisk(world)).isEqualTo("Jello");
        });
  }

  @Test
  void theValueTravelsWithAConversionToShared() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, LVB, exclusive("a"));
          host.engine.setLvb(World.id("a"), bytes("hello"));
          host.engine.convert(holder, World.id("a"), HoldMode.SHARED, false);
          assertThat(onDisk(world)).isEqualTo("hello");
          // A shared holder may set it, but it is not written.
          host.engine.setLvb(World.id("a"), bytes("other"));
          host.release(holder, "a");
          assertThat(onDisk(world)).isEqualTo("hello");
        });
  }

  @Test
  void notHeldOrWithoutValueOrTooLong() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          fails(ErrorCode.ENOENT, () -> host.engine.setLvb(World.id("a"), bytes("x")));
          fails(ErrorCode.ENOENT, () -> host.engine.getLvb(World.id("a"), 0));
          host.granted(holder, exclusive("b"));
          fails(ErrorCode.EINVAL, () -> host.engine.setLvb(World.id("b"), bytes("x")));
          fails(ErrorCode.EINVAL, () -> host.engine.getLvb(World.id("b"), 0));
          host.granted(holder, LVB, shared("a"));
          fails(ErrorCode.E2BIG, () -> host.engine.setLvb(World.id("a"), new byte[513]));
          fails(ErrorCode.E2BIG, () -> host.engine.getLvb(World.id("a"), 513));
          host.engine.setLvb(World.id("a"), new byte[512]);
        });
  }

  @Test
  void aLeaseWithoutRoomForItIsRefusedAndNotTouched() throws Exception {
    World.run(
        world -> {
          world.format("a", Geometry.SECTOR_4K_1M);
          byte[] before = world.storage.content(World.path("a")).clone();
          FakeHost host = new FakeHost(world, 1, 1, Geometry.SECTOR_4K_1M);
          HolderId holder = host.holder(10);
          host.refused(holder, LVB, ErrorCode.EINVAL, exclusive("a"));
          world.pass(1);
          assertThat(world.storage.content(World.path("a"))).isEqualTo(before);
          host.assertClean();
          host.granted(holder, exclusive("a"));
        });
  }

  @Test
  void aValueThatCannotBeReadIsZero() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.always(op -> op.reads(World.path("a"), AT), Fault.EIO);
          host.granted(holder, LVB, exclusive("a"));
          assertThat(host.engine.getLvb(World.id("a"), 0)).containsOnly(0);
          assertThat(host.heard).anyMatch(words -> words.contains("taken as zero"));
        });
  }

  private static void newer(World world) throws LeaseException {
    FakeHost rival = world.host(2);
    HolderId second = rival.holder(20);
    rival.granted(second, LVB, exclusive("a"));
    rival.engine.setLvb(World.id("a"), bytes("newer"));
    rival.release(second, "a");
    assertThat(onDisk(world)).isEqualTo("newer");
  }

  @Test
  void aValueThatFailedIsNotWrittenOnceTheLeaseMayBeFree() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, LVB, exclusive("a"));
          host.engine.setLvb(World.id("a"), bytes("hello"));
          world.pass(1);
          world.storage.once(op -> op.writes(World.path("a"), AT), Fault.EIO);
          world.storage.once(op -> op.writes(World.path("a"), 0), Fault.HANG);
          fails(ErrorCode.AIO_TIMEOUT, () -> host.release(holder, "a"));
          world.pass(22);
          world.storage.unhang();
          newer(world);
          world.pass(60);
          host.assertClean();
          assertThat(onDisk(world)).isEqualTo("newer");
        });
  }

  /** A write that failed may have taken effect all the same. */
  @Test
  void norOnAFileThatIsOpenedAfresh() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, LVB, exclusive("a"));
          host.engine.setLvb(World.id("a"), bytes("hello"));
          world.pass(1);
          LeaderRecord free =
              world
                  .leader("a")
                  .paxosReleased(1, 1, world.time.monotonicSeconds(), Optional.empty());
          world.storage.always(
              op -> op.host().equals("kvm1") && op.writes(World.path("a"), 0), Fault.EIO);
          fails(ErrorCode.EIO, () -> host.release(holder, "a"));
          world.passMillis(100);
          free.encodeSector(MemorySegment.ofArray(world.storage.content(World.path("a"))), 0, 512);
          newer(world);
          world.pass(60);
          host.assertClean();
          assertThat(onDisk(world)).isEqualTo("newer");
        });
  }
}
