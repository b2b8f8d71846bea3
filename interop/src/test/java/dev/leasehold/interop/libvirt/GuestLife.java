// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static dev.leasehold.interop.libvirt.Held.exclusive;
import static dev.leasehold.interop.libvirt.Held.shared;
import static dev.leasehold.interop.libvirt.LibvirtLab.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What happens to guests of one host of the lab, step by step; after each step it is looked which
 * leases are held (docs/libvirt.md, "What happens when"). Two of these, one for each host, may run
 * at the same time: their guests and disks are different ones.
 */
final class GuestLife {
  private static final Duration LONG = Duration.ofSeconds(90);
  static final String SCSI =
      "<controller type='scsi' index='0' model='virtio-scsi'/>"; // plugs without the guest's help
  private static final String UUID = "00000000-0000-4000-8000-0000000000";

  private final LibvirtLab lab;
  private final String home;
  private final String away;
  private final HostKind homeKind;
  private final HostKind awayKind;
  private final LeaseCheck leases;
  private final String disk;
  private final String common;

  /**
   * @param home {@code a} or {@code b}, whose guests they are
   */
  GuestLife(LibvirtLab lab, String home, HostKind homeKind, HostKind awayKind) {
    this.lab = lab;
    this.home = home;
    this.away = home.equals("a") ? "b" : "a";
    this.homeKind = homeKind;
    this.awayKind = awayKind;
    this.leases = new LeaseCheck(lab);
    this.disk = disk("disk");
    this.common = disk("common");
    Map<String, String> more = Map.of("DOMUUID", UUID + home + "1", "LEASE_XML", SCSI);
    lab.define(more, home, name("life"), disk, common + ":shared", disk("read") + ":ro");
    lab.define(more, away, name("life"), disk, common + ":shared");
    lab.define(home, name("rival"), disk);
    lab.define(away, name("thief"), disk);
  }

  private String name(String of) {
    return home + "-" + of;
  }

  private String disk(String of) {
    return leases.watch(lab.disk(name(of) + ".raw"));
  }

  /** Who is refused, and which guest has the disk. */
  private void refused(String host, String guest, String busy, String by) {
    busy(host, lab.start(host, name(guest)), busy, by);
  }

  private void busy(String host, LibvirtLab.Result result, String busy, String by) {
    HostKind asking = host.equals(home) ? homeKind : awayKind;
    asking.assertBusy(result, busy);
    if (asking == HostKind.OURS) {
      // Asked of the other host: at home libvirt may be stopped.
      boolean isAway = lab.state(away, name(by)).equals("running");
      HostKind having = isAway ? awayKind : homeKind;
      assertThat(result.output())
          .contains(having == HostKind.OURS ? "guest " + name(by) + " " : "(host id ");
    }
  }

  private String stateOf(String guest) {
    return lab.state(home, name(guest));
  }

  /** The guest has what it is to have while it runs; the others of the step come on top. */
  private void onlyLife() {
    leases.exactly(exclusive(home, disk), shared(common, home));
  }

  void runsAlone() {
    lab.start(home, name("life")).succeeded();
    onlyLife();
    refused(away, "life", disk, "life");
    onlyLife();
    refused(away, "thief", disk, "life");
    refused(home, "rival", disk, "life");
    onlyLife();
  }

  void sharesAndIsRead() {
    lab.define(away, name("sharer"), common + ":shared");
    lab.define(away, name("owner"), common);
    lab.define(home, name("reader"), disk + ":ro");
    lab.start(away, name("sharer")).succeeded();
    lab.start(home, name("reader")).succeeded();
    leases.exactly(exclusive(home, disk), shared(common, "a", "b"));
    awayKind.assertBusy(lab.start(away, name("owner")), common);
    leases.exactly(exclusive(home, disk), shared(common, "a", "b"));
    lab.destroy(away, name("sharer"));
    lab.destroy(home, name("reader"));
    leases.soon(exclusive(home, disk), shared(common, home));
    refused(away, "owner", common, "life");
    onlyLife();
  }

  void plugsAndUnplugs() {
    String extra = disk("extra");
    String busy = disk("busy");
    String seen = disk("seen");
    lab.define(away, name("taker"), extra);
    lab.define(away, name("busy"), busy);
    lab.start(away, name("busy")).succeeded();
    attach(extra, "sda").succeeded();
    attach(seen, "sdb", "--mode", "readonly").succeeded();
    leases.exactly(exclusive(home, disk, extra), shared(common, home), exclusive(away, busy));
    refused(away, "taker", extra, "life");
    busy(home, attach(busy, "sdc"), busy, "busy");
    assertThat(stateOf("life")).isEqualTo("running");
    leases.exactly(exclusive(home, disk, extra), shared(common, home), exclusive(away, busy));
    lab.virsh(home, "detach-disk", name("life"), "sda").succeeded();
    leases.soon(exclusive(home, disk), shared(common, home), exclusive(away, busy));
    lab.start(away, name("taker")).succeeded();
    busy(home, attach(extra, "sda"), extra, "taker");
    lab.destroy(away, name("taker"));
    lab.destroy(away, name("busy"));
    lab.virsh(home, "detach-disk", name("life"), "sdb").succeeded();
    leases.soon(exclusive(home, disk), shared(common, home));
  }

  private LibvirtLab.Result attach(String what, String as, String... more) {
    String[] command = {
      "attach-disk", name("life"), what, as, "--targetbus", "scsi", "--cache", "none"
    };
    return lab.virsh(
        home,
        java.util.stream.Stream.of(command, more)
            .flatMap(java.util.Arrays::stream)
            .toArray(String[]::new));
  }

  void isSuspendedAndResumed() {
    lab.virsh(home, "suspend", name("life")).succeeded();
    leases.soon();
    lab.virsh(home, "resume", name("life")).succeeded();
    onlyLife();
    lab.virsh(home, "suspend", name("life")).succeeded();
    leases.soon();
    lab.start(away, name("thief")).succeeded();
    leases.exactly(exclusive(away, disk));
    busy(home, lab.virsh(home, "resume", name("life")), disk, "thief");
    assertThat(stateOf("life")).isEqualTo("paused");
    leases.soon(exclusive(away, disk));
    lab.destroy(away, name("thief"));
    leases.noneSoon();
    lab.virsh(home, "resume", name("life")).succeeded();
    onlyLife();
  }

  /** Snapshots and block jobs, of a guest of their own, which is shut down by its button then. */
  void hasBlockJobs() {
    String base = disk("base");
    String over = leases.watch("/var/lib/libvirt/images/" + name("over.qcow2"));
    String copy = leases.watch("/var/lib/libvirt/images/" + name("copy.raw"));
    String next = leases.watch("/var/lib/libvirt/images/" + name("next.raw"));
    String job = name("job");
    lab.define(home, job, base);
    lab.start(home, job).succeeded();
    withLife(base);
    String[] snapshot = {"snapshot-create-as", job, "--disk-only", "--no-metadata", "--diskspec"};
    lab.virsh(home, with(snapshot, "vda,file=" + over)).succeeded();
    withLife(over);
    lab.virsh(home, "blockcommit", job, "vda", "--active", "--wait", "--pivot").succeeded();
    withLife(base);
    String[] mirror = {"blockcopy", job, "vda", "--format", "raw", "--transient-job", "--wait"};
    lab.virsh(home, with(mirror, "--dest", copy)).succeeded();
    withLife(base, copy);
    lab.virsh(home, "blockjob", job, "vda", "--abort").succeeded();
    withLife(base);
    lab.virsh(home, with(mirror, "--dest", next, "--pivot")).succeeded();
    withLife(next);
    lab.run("wait-boot", home, job).succeeded();
    lab.virsh(home, "shutdown", job).succeeded();
    eventually("the guest is off", LONG, () -> stateOf("job").equals("shut off"));
    withLife();
  }

  private void withLife(String... more) {
    leases.soon(exclusive(home, disk), shared(common, home), exclusive(home, more));
  }

  private static String[] with(String[] command, String... more) {
    return java.util.stream.Stream.of(command, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  /** With libvirt's plugin a reboot ends the guest, whatever the daemon (libvirt-sanlock.md 5). */
  void isRebooted() {
    lab.run("wait-boot", home, name("life")).succeeded();
    long asked = timesAskedFor(disk);
    lab.virsh(home, "reboot", name("life")).succeeded();
    if (homeKind == HostKind.OURS) {
      eventually("libvirt asks again", LONG, () -> timesAskedFor(disk) > asked);
      onlyLife();
      lab.run("wait-boot", home, name("life")).succeeded();
      assertThat(stateOf("life")).isEqualTo("running");
      onlyLife();
    } else {
      eventually("the guest is off", LONG, () -> stateOf("life").equals("shut off"));
      leases.noneSoon();
      lab.start(home, name("life")).succeeded();
      onlyLife();
    }
  }

  private long timesAskedFor(String what) {
    return lab.log(home)
        .lines()
        .filter(line -> line.contains("guest " + name("life") + " ") && line.endsWith(what))
        .count();
  }

  void isKilled() {
    lab.on(home, "sh", "-c", "kill -KILL $(cat /run/libvirt/qemu/" + name("life") + ".pid)")
        .succeeded();
    leases.noneSoon();
    lab.start(away, name("life")).succeeded();
    leases.exactly(exclusive(away, disk), shared(common, away));
    lab.destroy(away, name("life"));
    leases.noneSoon();
  }

  /** All that disturbs nobody else on the host. */
  void life() {
    runsAlone();
    sharesAndIsRead();
    plugsAndUnplugs();
    isSuspendedAndResumed();
    hasBlockJobs();
    isRebooted();
    isKilled();
  }

  void survivesARestartOfLibvirt() {
    lab.start(home, name("life")).succeeded();
    lab.run("stop-svc", home, "libvirtd").succeeded();
    onlyLife();
    refused(away, "thief", disk, "life");
    lab.run("start-svc", home, "libvirtd").succeeded();
    onlyLife();
    assertThat(stateOf("life")).isEqualTo("running");
    refused(home, "rival", disk, "life");
    refused(away, "thief", disk, "life");
    onlyLife();
  }

  /** There and back; libvirt does so between hosts with different lock managers, too. */
  void isMigrated() {
    lab.run("migrate", home, name("life")).succeeded();
    assertThat(lab.state(away, name("life"))).isEqualTo("running");
    leases.exactly(exclusive(away, disk), shared(common, away));
    refused(home, "rival", disk, "life");
    refused(away, "thief", disk, "life");
    lab.run("migrate", away, name("life")).succeeded();
    assertThat(stateOf("life")).isEqualTo("running");
    onlyLife();
    refused(away, "thief", disk, "life");
  }

  /** Asked to end, the daemon stays. */
  void keepsTheDaemon() {
    lab.on(home, "sh", "-c", "kill -TERM $(cat /run/lab-" + homeKind.service() + ".pid)")
        .succeeded();
    eventually(
        "it says why not", LONG, () -> lab.log(home, homeKind.service()).contains("not ended"));
    onlyLife();
    refused(away, "thief", disk, "life");
    assertThat(stateOf("life")).isEqualTo("running");
  }

  /**
   * Killed and started again, the daemon ends the guest before anybody else may have its disks, and
   * joins again when its former host id may be had (docs/daemon.md).
   */
  void isEndedWhenTheDaemonWasKilled() {
    lab.start(home, name("life")).succeeded();
    onlyLife();
    lab.run("stop-svc", home, homeKind.service(), "KILL").succeeded();
    assertThat(stateOf("life")).isEqualTo("running");
    onlyLife();
    lab.run("start-svc", home, homeKind.service()).succeeded();
    eventually("the guest is off", LONG, () -> stateOf("life").equals("shut off"));
    eventually(
        "a guest starts", LONG.multipliedBy(2), () -> lab.start(home, name("life")).code() == 0);
    onlyLife();
    ends();
  }

  /**
   * The host is gone as by a power cut: nothing is given back. Somebody else has its disks when the
   * watchdog must have reset it, after 8 io timeouts and 60 s.
   */
  void isTakenOver() {
    String dead = disk("dead");
    lab.define(home, name("dead"), dead, common + ":shared");
    lab.define(away, name("heir"), dead);
    lab.define(away, name("sharer"), common + ":shared");
    lab.define(away, name("owner"), common);
    lab.start(home, name("dead")).succeeded();
    lab.start(away, name("sharer")).succeeded();
    leases.exactly(exclusive(home, dead), shared(common, "a", "b"));
    long start = System.nanoTime();
    lab.on(
            home,
            "sh",
            "-c",
            "kill -KILL $(cat /run/lab-%s.pid) && kill -KILL $(cat /run/libvirt/qemu/%s.pid)"
                .formatted(homeKind.service(), name("dead")))
        .succeeded();
    leases.exactly(exclusive(home, dead), shared(common, "a", "b"));
    // Refused while the host still counts as alive; after that a start waits for its death.
    LibvirtLab.Result first = lab.start(away, name("heir"));
    if (first.code() != 0) {
      awayKind.assertBusy(first, dead);
      if (homeKind == HostKind.OURS && awayKind == HostKind.OURS) {
        assertThat(first.output()).contains("guest " + name("dead"));
      }
    }
    eventually(
        "the heir runs",
        LONG.multipliedBy(2),
        () -> first.code() == 0 || lab.start(away, name("heir")).code() == 0);
    // 68 s from its last renewal, which was less than 8 s before.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(60));
    assertThat(lab.state(away, name("heir"))).isEqualTo("running");
    lab.destroy(away, name("sharer"));
    eventually(
        "shared leases of the dead host are no hindrance",
        LONG,
        () -> lab.start(away, name("owner")).code() == 0);
    // What the dead host has left in the lease is nobody's any more; the C daemon wipes it.
    leases.soonOf(away, exclusive(away, dead, common));
  }

  /**
   * Guests that start and end while leases are cleaned up. A C plugin that opens a lease in the
   * moment of its removal is refused once (libvirt-sanlock.md 8, row 4).
   */
  void comesAndGoes(int times) {
    String brief = lab.disk(name("brief") + ".raw");
    // A cleanup holds what it is about to remove; what guests have is not its.
    LeaseCheck always = new LeaseCheck(lab);
    always.watch(disk);
    always.watch(common);
    LeaseCheck running = new LeaseCheck(lab);
    running.watch(brief);
    lab.define(home, name("brief"), brief);
    for (int i = 0; i < times; i++) {
      eventually("the guest starts", LONG, this::startsOrIsRefusedOnce);
      running.exactly(exclusive(home, brief));
      always.exactly(exclusive(home, disk), shared(common, home));
      lab.destroy(home, name("brief"));
      always.exactly(exclusive(home, disk), shared(common, home));
    }
  }

  private boolean startsOrIsRefusedOnce() {
    LibvirtLab.Result result = lab.start(home, name("brief"));
    if (result.code() != 0) {
      assertThat(homeKind).as(result.output()).isNotEqualTo(HostKind.OURS);
      assertThat(result.output()).contains("Failed to acquire lock: ");
    }
    return result.code() == 0;
  }

  /**
   * Removes what nobody uses, and touches nothing else; a lease that the C plugin is making in this
   * moment is none yet.
   */
  void cleansUp() {
    LibvirtLab.Result result = lab.leasehold(home, "cleanup", "--older-than", "0");
    assertThat(result.output()).containsPattern("(Removed|Would remove) \\d+ lease");
    List<String> failed = result.output().lines().filter(line -> line.contains("FAILED")).toList();
    assertThat(failed).allMatch(line -> line.contains("not a lease; "));
    if (failed.isEmpty()) {
      result.succeeded();
    }
  }

  void ends() {
    lab.destroy(home, name("life"));
    leases.noneSoon();
  }
}
