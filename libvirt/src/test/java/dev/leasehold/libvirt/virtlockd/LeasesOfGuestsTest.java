// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.LeaseState;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.cleanup.EngineClaims;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.RpcError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the events of a guest's life do to its leases (docs/spec/libvirt-lockd.md 8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeasesOfGuestsTest {

  @TempDir private static Path directory;
  private Path leaseDirectory;
  private TestDoor one;
  private TestDoor two;

  @BeforeAll
  void twoHosts() throws IOException {
    leaseDirectory = Files.createDirectory(directory.resolve("leases"));
    // Both at the same moment, on an empty directory.
    one = host("kvm1", TestDoor.Setting.PLAIN.protecting());
    two = host("kvm2", new TestDoor.Setting(2, true, false, true));
    one.leases.start();
    two.leases.start();
  }

  private TestDoor host(String name, TestDoor.Setting setting) throws IOException {
    return new TestDoor(
        Files.createDirectory(directory.resolve(name)), leaseDirectory, name, setting);
  }

  @AfterAll
  void end() {
    one.close();
    two.close();
    assertThat(one.failures).isEmpty();
    assertThat(two.failures).isEmpty();
  }

  private static String words(Optional<RpcError> error) {
    return error.flatMap(RpcError::message).orElse("granted");
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean held(TestDoor host, String disk) {
    return host.manager.state().resources().leases().stream()
        .anyMatch(
            lease ->
                lease.where().id().resource().toString().equals(LeaseName.ofPath(disk))
                    && lease.state() == LeaseState.HELD);
  }

  @Test
  void aSecondGuestIsRefusedInFullWords() throws IOException {
    String disk = "/srv/refused.raw";
    Process web1 = one.guest();
    try (LibvirtClient lifeline = one.connect().register("web1", web1.pid());
        LibvirtClient helper = one.connect().register("web1", web1.pid())) {
      assertThat(lifeline.call(new LockCall.Restrict(0))).isEmpty();
      assertThat(helper.acquire(disk)).isEmpty();
    }
    String who = "guest web1 \\(uuid " + LibvirtClient.uuid("web1") + ", pid " + web1.pid() + "\\)";
    try (LibvirtClient other = one.connect().register("web2", one.guest().pid())) {
      assertThat(words(other.acquire(disk)))
          .matches(
              "resource busy: disk /srv/refused.raw is in use by "
                  + who
                  + " on this host, kvm1 \\(host id 1\\) since \\d\\d:\\d\\d:\\d\\d");
    }
    try (LibvirtClient other = two.connect().register("web2", two.guest().pid())) {
      Optional<RpcError> refusal = other.acquire(disk);
      assertThat(refusal.orElseThrow().code()).isEqualTo(RpcError.RESOURCE_BUSY);
      assertThat(words(refusal)).startsWith("resource busy: disk /srv/refused.raw is in use");
      // The note follows the grant at once, not before it.
      eventually(() -> isRefusedWith(other, disk, ".*" + who + " on host kvm1 .host id 1.*"));
    }
  }

  /** Whether that is the answer; what is granted instead is an error at once. */
  private static boolean isRefusedWith(LibvirtClient client, String disk, String pattern) {
    try {
      String words = words(client.acquire(disk));
      assertThat(words.equals("granted") && !words.matches(pattern)).as(disk).isFalse();
      return words.matches(pattern);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theSameGuestMayAskAgain() throws IOException {
    Process guest = one.guest();
    try (LibvirtClient first = one.connect().register("again", guest.pid())) {
      assertThat(first.acquire("/srv/again.raw")).isEmpty();
    }
    try (LibvirtClient reboot = one.connect().register("again", guest.pid())) {
      assertThat(reboot.acquire("/srv/again.raw")).isEmpty();
    }
    // Its only disk: that may as well have been an attach, which QEMU refuses in a moment.
    releases("again", guest, "/srv/again.raw");
    assertThat(held(one, "/srv/again.raw")).isTrue();
    // A suspend releases twice.
    releases("again", guest, "/srv/again.raw");
    try (LibvirtClient other = two.connect().register("other", two.guest().pid())) {
      assertThat(words(other.acquire("/srv/again.raw"))).isEqualTo("granted");
    }
  }

  /** Each by a connection of its own, as libvirt does for each thing that it does. */
  private void acquires(String name, Process guest, String... disks) throws IOException {
    try (LibvirtClient helper = one.connect().register(name, guest.pid())) {
      for (String disk : disks) {
        assertThat(words(helper.acquire(disk))).isEqualTo("granted");
      }
    }
  }

  private void releases(String name, Process guest, String... disks) throws IOException {
    try (LibvirtClient helper = one.connect().register(name, guest.pid())) {
      for (String disk : disks) {
        assertThat(helper.release(disk)).isEmpty();
      }
    }
  }

  /** QEMU's image lock ends the attach; the first use of the disk goes on. */
  @Test
  void attachingADiskThatTheGuestHasTakesNothingAway() throws IOException {
    String first = "/srv/attach1.raw";
    String second = "/srv/attach2.raw";
    Process guest = one.guest();
    acquires("attach", guest, first, second);
    for (int time = 0; time < 2; time++) {
      acquires("attach", guest, first);
      releases("attach", guest, first);
      assertThat(held(one, first)).as("time %d", time).isTrue();
    }
    releases("attach", guest, first);
    assertThat(held(one, first)).isFalse();
    assertThat(held(one, second)).isTrue();
  }

  /** A migration releases once. */
  @Test
  void aRebootIsNoSecondUse() throws IOException {
    String[] disks = {"/srv/reboot1.raw", "/srv/reboot2.raw"};
    Process guest = one.guest();
    acquires("reboot", guest, disks);
    acquires("reboot", guest, disks);
    releases("reboot", guest, disks);
    assertThat(held(one, disks[0]) || held(one, disks[1])).isFalse();
  }

  @Test
  void aDiskThatWasAttachedTwiceStaysUntilItIsDetachedTwice() throws IOException {
    String disk = "/srv/twice.raw";
    try (LibvirtClient guest = one.connect().register("twice", one.guest().pid())) {
      assertThat(guest.acquireShared(disk)).isEmpty();
      assertThat(guest.acquireShared(disk)).isEmpty();
      guest.release(disk);
      assertThat(held(one, disk)).isTrue();
      guest.release(disk);
      assertThat(held(one, disk)).isFalse();
    }
  }

  /** Attached once more as shareable, it is still written to by the first use. */
  @Test
  void aSecondUseThatSharesDoesNotWeakenTheFirst() throws IOException {
    String disk = "/srv/both.raw";
    try (LibvirtClient guest = one.connect().register("both", one.guest().pid());
        LibvirtClient other = two.connect().register("other", two.guest().pid())) {
      assertThat(guest.acquire("/srv/beside.raw")).isEmpty();
      assertThat(guest.acquire(disk)).isEmpty();
      assertThat(guest.acquireShared(disk)).isEmpty();
      guest.release(disk);
      guest.release("/srv/beside.raw");
      assertThat(words(other.acquireShared(disk))).startsWith("resource busy");
    }
  }

  @Test
  void aGuestsEndFreesItsLeases() throws Exception {
    Process guest = one.guest();
    try (LibvirtClient lifeline = one.connect().register("mortal", guest.pid())) {
      lifeline.call(new LockCall.Restrict(0));
      try (LibvirtClient helper = one.connect().register("mortal", guest.pid())) {
        assertThat(helper.acquire("/srv/mortal1.raw")).isEmpty();
        assertThat(helper.acquire("/srv/mortal2.raw")).isEmpty();
      }
    }
    // The connections are closed, the process lives: nothing is given up.
    assertThat(held(one, "/srv/mortal1.raw")).isTrue();
    guest.destroyForcibly().waitFor();
    eventually(() -> !held(one, "/srv/mortal1.raw") && !held(one, "/srv/mortal2.raw"));
    try (LibvirtClient other = two.connect().register("heir", two.guest().pid())) {
      eventually(() -> isRefusedWith(other, "/srv/mortal1.raw", "granted"));
      eventually(() -> isRefusedWith(other, "/srv/mortal2.raw", "granted"));
    }
  }

  @Test
  void releasesOfSuspendAreNoErrorTheSecondTime() throws IOException {
    Process guest = one.guest();
    try (LibvirtClient helper = one.connect().register("paused", guest.pid())) {
      assertThat(helper.acquire("/srv/paused.raw")).isEmpty();
      assertThat(helper.release("/srv/paused.raw")).isEmpty();
      assertThat(helper.release("/srv/paused.raw")).isEmpty();
    }
    assertThat(held(one, "/srv/paused.raw")).isFalse();
    try (LibvirtClient thief = two.connect().register("thief", two.guest().pid())) {
      assertThat(thief.acquire("/srv/paused.raw")).isEmpty();
    }
    try (LibvirtClient resume = one.connect().register("paused", guest.pid())) {
      assertThat(words(resume.acquire("/srv/paused.raw"))).contains("is in use");
      assertThat(words(resume.release("/srv/never.raw"))).isEqualTo("granted");
    }
    try (LibvirtClient second = two.connect().register("second", two.guest().pid())) {
      assertThat(words(second.release("/srv/paused.raw")))
          .startsWith("internal error: owner ")
          .endsWith(" does not hold the resource lock");
    }
  }

  @Test
  void shareableDisksAreShared() throws IOException {
    String disk = "/srv/shared.raw";
    try (LibvirtClient a = one.connect().register("a", one.guest().pid());
        LibvirtClient b = two.connect().register("b", two.guest().pid());
        LibvirtClient c = one.connect().register("c", one.guest().pid())) {
      assertThat(a.acquireShared(disk)).isEmpty();
      assertThat(b.acquireShared(disk)).isEmpty();
      assertThat(c.acquireShared(disk)).isEmpty();
      assertThat(words(c.acquire("/srv/other.raw"))).isEqualTo("granted");
      try (LibvirtClient writer = two.connect().register("writer", two.guest().pid())) {
        assertThat(words(writer.acquire(disk))).startsWith("resource busy: disk " + disk);
        a.release(disk);
        b.release(disk);
        eventually(() -> isRefusedWith(writer, disk, ".*shared use by guest c .*"));
        c.release(disk);
        assertThat(words(writer.acquire(disk))).isEqualTo("granted");
      }
    }
  }

  @Test
  void imagesUnderAnOverlayAreProtected() throws IOException {
    Path base = Files.write(directory.resolve("base.raw"), new byte[4096]);
    Path top = overlay("top.qcow2", base);
    Path top2 = overlay("top2.qcow2", base);
    try (LibvirtClient reader = one.connect().register("reader", one.guest().pid());
        LibvirtClient reader2 = two.connect().register("reader2", two.guest().pid());
        LibvirtClient writer = two.connect().register("writer2", two.guest().pid())) {
      assertThat(words(reader.acquire(top.toString()))).isEqualTo("granted");
      assertThat(words(reader2.acquire(top2.toString()))).isEqualTo("granted");
      assertThat(words(writer.acquire(base.toString()))).startsWith("resource busy: disk " + base);
      // As an active commit of the overlay asks: both readers stand in the way, then one.
      assertThat(words(reader.acquire(base.toString()))).startsWith("resource busy: disk " + base);
      reader2.release(top2.toString());
      assertThat(words(reader.acquire(base.toString()))).isEqualTo("granted");
      // After the pivot the overlay is given up, the base is written to.
      assertThat(reader.release(top.toString())).isEmpty();
      eventually(() -> isRefusedWith(writer, base.toString(), ".* is in use by guest reader .*"));
      reader.release(base.toString());
      assertThat(words(writer.acquire(base.toString()))).isEqualTo("granted");
    }
  }

  /** A link to itself stands for an image of which the storage says nothing (EACCES, EIO). */
  @Test
  void anImageThatCannotBeSeenIsNotTakenForOneWithoutBackingFiles() throws IOException {
    Path base = Files.write(directory.resolve("unseen-base.raw"), new byte[4096]);
    Path top = overlay("unseen-top.qcow2", base);
    Path beside = overlay("unseen-beside.qcow2", base);
    Path unseen = Files.createSymbolicLink(directory.resolve("unseen"), Path.of("unseen"));
    try (LibvirtClient guest = one.connect().register("unseen", one.guest().pid());
        LibvirtClient writer = two.connect().register("writer4", two.guest().pid())) {
      assertThat(words(guest.acquire(unseen.toString())))
          .startsWith("disk " + unseen + ": its backing files cannot be protected: it cannot be");
      assertThat(words(guest.acquire(top.toString()))).isEqualTo("granted");
      assertThat(words(guest.acquire(beside.toString()))).isEqualTo("granted");
      Files.delete(top);
      Files.createSymbolicLink(top, unseen);
      guest.release(beside.toString());
      assertThat(words(writer.acquire(base.toString()))).startsWith("resource busy: disk " + base);
      Files.delete(top);
      guest.acquire(beside.toString());
      guest.release(beside.toString());
      assertThat(words(writer.acquire(base.toString()))).startsWith("resource busy: disk " + base);
      guest.release(top.toString());
      assertThat(words(writer.acquire(base.toString()))).isEqualTo("granted");
    }
  }

  @Test
  void aSnapshotKeepsTheOldTopProtected() throws IOException {
    Path old = Files.write(directory.resolve("old.raw"), new byte[4096]);
    Path fresh = directory.resolve("fresh.qcow2");
    try (LibvirtClient guest = one.connect().register("snap", one.guest().pid());
        LibvirtClient writer = two.connect().register("writer3", two.guest().pid())) {
      assertThat(guest.acquire(old.toString())).isEmpty();
      Files.createFile(fresh);
      assertThat(words(guest.acquire(fresh.toString()))).isEqualTo("granted");
      overlay("fresh.qcow2", old);
      assertThat(guest.release(old.toString())).isEmpty();
      eventually(
          () -> isRefusedWith(writer, old.toString(), ".* is in shared use by guest snap .*"));
      guest.release(fresh.toString());
      assertThat(words(writer.acquire(old.toString()))).isEqualTo("granted");
    }
  }

  /** A pull makes an overlay independent of its base; libvirt says nothing of that. */
  @Test
  void whatAPullMadeUnneededIsGivenBackWithTheNextRelease() throws IOException {
    Path base = Files.write(directory.resolve("pulled-base.raw"), new byte[4096]);
    Path top = overlay("pulled-top.qcow2", base);
    String other = "/srv/pulled-other.raw";
    try (LibvirtClient guest = one.connect().register("pull", one.guest().pid());
        LibvirtClient writer = two.connect().register("writer5", two.guest().pid())) {
      assertThat(words(guest.acquire(top.toString()))).isEqualTo("granted");
      assertThat(words(guest.acquire(other))).isEqualTo("granted");
      assertThat(words(writer.acquire(base.toString()))).startsWith("resource busy: disk " + base);
      Files.write(top, new byte[4096]);
      guest.release(other);
      assertThat(words(writer.acquire(base.toString()))).isEqualTo("granted");
      assertThat(held(one, top.toString())).isTrue();
    }
  }

  /** A cleanup has what it is about to remove for some milliseconds; nobody is refused for that. */
  @Test
  void aGuestThatMeetsACleanupWaitsForIt() throws Exception {
    String disk = "/srv/cleaned.raw";
    String name = LeaseName.ofPath(disk);
    try (LibvirtClient before = two.connect().register("before", two.guest().pid())) {
      assertThat(before.acquire(disk)).isEmpty();
      before.release(disk);
    }
    LeaseSession cleanup = two.manager.session(HolderLabel.command(EngineClaims.HOLDER));
    Lease claim =
        cleanup.acquire(
            LeaseRequest.of(
                ResourceLocation.of(
                    ResourceId.of(LeaseholdConfig.LOCKSPACE, name),
                    DiskLocation.of(leaseDirectory.resolve(name).toString())),
                HoldMode.EXCLUSIVE));
    try (LibvirtClient guest = one.connect().register("meets", one.guest().pid())) {
      CompletableFuture<String> start =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return words(guest.acquire(disk));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      eventually(
          () ->
              one.manager.state().resources().leases().stream()
                  .anyMatch(lease -> lease.where().id().resource().toString().equals(name)));
      claim.release();
      assertThat(start.get(30, TimeUnit.SECONDS)).isEqualTo("granted");
    }
  }

  @Test
  void aMalformedImageIsThatGuestsErrorOnly() throws IOException {
    Path bad = directory.resolve("bad.qcow2");
    byte[] header = new byte[200];
    header[0] = 'Q';
    header[1] = 'F';
    header[2] = 'I';
    header[3] = (byte) 0xfb;
    header[7] = 99;
    Files.write(bad, header);
    try (LibvirtClient guest = one.connect().register("bad", one.guest().pid())) {
      assertThat(words(guest.acquire(bad.toString())))
          .startsWith("disk " + bad + ": its backing files cannot be protected");
      assertThat(words(guest.acquire("/srv/good.raw"))).isEqualTo("granted");
    }
  }

  private Path overlay(String name, Path base) throws IOException {
    java.nio.ByteBuffer header = java.nio.ByteBuffer.allocate(4096);
    byte[] backing = base.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    header.putInt(0x514649fb).putInt(3).putLong(512).putInt(backing.length).putInt(16);
    header.putLong(1 << 20).putInt(0).putInt(1).putLong(65536).putLong(65536).putInt(1);
    header.putInt(0).putLong(0).putLong(0).putLong(0).putLong(0).putInt(4).putInt(104);
    header.position(512).put(backing);
    return Files.write(directory.resolve(name), header.array());
  }

  private Path withDataFile(String name, Path data) throws IOException {
    java.nio.ByteBuffer header = java.nio.ByteBuffer.allocate(4096);
    byte[] text = data.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    header.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(72, 4).putInt(100, 104);
    header.putInt(104, 0x44415441).putInt(108, text.length).put(112, text);
    return Files.write(directory.resolve(name), header.array());
  }

  /** A guest with a raw disk writes whatever header it likes. */
  @Test
  void aForgedHeaderTakesNothingAwayFromReaders() throws IOException {
    Path base = Files.write(directory.resolve("golden.raw"), new byte[4096]);
    Path forged = withDataFile("forged.raw", base);
    Path top = overlay("golden-top.qcow2", base);
    try (LibvirtClient forger = one.connect().register("forger", one.guest().pid());
        LibvirtClient reader = one.connect().register("golden", one.guest().pid());
        LibvirtClient writer = two.connect().register("writer6", two.guest().pid())) {
      assertThat(words(forger.acquire(forged.toString()))).isEqualTo("granted");
      assertThat(words(reader.acquire(top.toString()))).isEqualTo("granted");
      reader.release(top.toString());
      // It is data all the same, for what is known.
      assertThat(words(writer.acquire(base.toString()))).startsWith("resource busy: disk " + base);
    }
  }

  @Test
  void leaseElementsAndHiddenDisks() throws IOException {
    try (LibvirtClient guest = one.connect().register("explicit", one.guest().pid())) {
      Path file = Files.write(directory.resolve("elements"), new byte[1 << 20]);
      assertThat(words(guest.call(new LockCall.AcquireResource(file + "/LS1", "key", 0))))
          .contains("the lockspace is not joined on this host");
      assertThat(words(guest.call(new LockCall.AcquireResource(directory + "/LS1", "key", 0))))
          .contains("is a directory");
      assertThat(words(guest.call(new LockCall.AcquireResource("/nowhere/LS1", "key", 0))))
          .contains("does not exist");
      String hidden = directory.resolve("lockd") + "";
      assertThat(guest.call(new LockCall.CreateLockspace(hidden))).isEmpty();
      assertThat(words(guest.call(new LockCall.AcquireResource(hidden, "aba8083d", 2))))
          .contains("file_lockspace_dir");
    }
    assertThat(one.log).anyMatch(line -> line.contains("file_lockspace_dir"));
  }

  @Test
  void aProcessThatDoesNotExistGetsNothing() throws Exception {
    Process gone = one.guest();
    gone.destroyForcibly().waitFor();
    for (long pid : new long[] {0, gone.pid()}) {
      try (LibvirtClient guest = one.connect().register("ghost", pid)) {
        assertThat(words(guest.acquire("/srv/ghost.raw"))).contains("there is no such process");
      }
    }
  }

  @Test
  void firstStartsAtTheSameMomentHaveOneWinner() throws Exception {
    for (int round = 0; round < 25; round++) {
      String disk = "/srv/race" + round + ".raw";
      List<Thread> starters = new ArrayList<>();
      List<String> results = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (TestDoor host : List.of(one, two)) {
        LibvirtClient client = host.connect().register("racer", host.guest().pid());
        starters.add(
            Thread.ofVirtual()
                .unstarted(
                    () -> {
                      try (client) {
                        results.add(words(client.acquire(disk)));
                      } catch (IOException e) {
                        results.add("broken " + e);
                      }
                    }));
      }
      starters.forEach(Thread::start);
      for (Thread starter : starters) {
        starter.join();
      }
      assertThat(results).as("round %d", round).hasSize(2).containsOnlyOnce("granted");
      assertThat(results)
          .anyMatch(words -> words.startsWith("resource busy: disk " + disk + " is in use"));
      assertThat(leaseDirectory.resolve(LeaseName.ofPath(disk))).hasSize(1 << 20);
    }
  }

  @Test
  void manyGuestsStartSideBySide() throws Exception {
    int guests = 30;
    List<Thread> starters = new ArrayList<>();
    List<String> results = new java.util.concurrent.CopyOnWriteArrayList<>();
    for (int i = 0; i < guests; i++) {
      int number = i;
      long pid = one.guest().pid();
      starters.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (LibvirtClient client = one.connect().register("g" + number, pid)) {
                      results.add(words(client.acquire("/srv/many" + number + ".raw")));
                    } catch (IOException e) {
                      results.add("broken " + e);
                    }
                  }));
    }
    for (Thread starter : starters) {
      starter.join(TimeUnit.SECONDS.toMillis(60));
    }
    assertThat(results).hasSize(guests).containsOnly("granted");
  }

  @Test
  void theHostsSeeEachOther() throws Exception {
    try (LibvirtClient client = one.connect().register("x", one.guest().pid())) {
      assertThat(client.acquire("/srv/x.raw")).isEmpty();
    }
    eventually(
        () -> {
          try {
            return one
                .manager
                .hostStatus(dev.leasehold.ondisk.Name.of("__LIBVIRT__DISKS__"))
                .stream()
                .anyMatch(host -> host.hostId() == 2 && host.state() == HostState.LIVE);
          } catch (dev.leasehold.ondisk.LeaseException e) {
            return false;
          }
        });
  }
}
