// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page of one host of three in a browser: what it makes of it, and how it looks. */
class StatusPageTest {
  private static final String SPACE = "__LIBVIRT__DISKS__";
  private static final String TEXT = "document.body.innerText";

  /** How far something reaches beyond the screen's width, and beyond its own box. */
  private static final String TOO_WIDE =
      "document.documentElement.scrollWidth - innerWidth + ' ' +"
          + " Math.max(...[...document.querySelectorAll('.wide')]"
          + ".map(e => e.scrollWidth - e.clientWidth))";

  @TempDir Path dir;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<LeaseManager> hosts = new ArrayList<>();
  private final List<LeaseSession> guests = new ArrayList<>();
  private HttpDoor door;

  @BeforeEach
  void threeHosts() throws Exception {
    for (int id = 1; id <= 3; id++) {
      join(id);
    }
    for (int i = 1; i <= 8; i++) {
      acquire(guests.get(i % 3), "images/web" + i + ".qcow2", HoldMode.EXCLUSIVE);
    }
    acquire(guests.get(0), "iso/debian.iso", HoldMode.SHARED);
    acquire(guests.get(1), "iso/debian.iso", HoldMode.SHARED);
  }

  private void join(int hostId) throws Exception {
    LinuxPorts ports =
        new LinuxPorts((task, failure) -> faults.add(task + failure), Privileges.asWeAre());
    LeaseManager manager =
        ports.engine(
            EngineConfig.of(Name.of("kvm" + hostId + ".example")).withIoTimeout(3),
            new NoWatchdog());
    hosts.add(manager);
    EventLog events = new EventLog(ports.clock(), (level, line) -> {});
    manager.addListener(events);
    if (hostId == 1) {
      door =
          new HttpDoor(
              ListenAddress.parse("127.0.0.1:0"),
              manager,
              ports.clock(),
              ports.io(),
              events,
              "1.2.3");
      door.start();
    }
    String area = dir.resolve(SPACE).toString();
    manager.createLockspace(new LockspaceFormat(Name.of(SPACE), area, 0, Geometry.SECTOR_512, 3));
    manager.addLockspace(LockspaceSpec.of(SPACE, hostId, area), JoinOptions.DEFAULT);
    guests.add(manager.session(HolderLabel.guest("web" + hostId, Optional.empty())));
  }

  private void acquire(LeaseSession guest, String disk, HoldMode mode) throws LeaseException {
    String path = "/srv/" + disk;
    String name = LeaseName.ofPath(path);
    guest.acquire(
        LeaseRequest.of(
                ResourceLocation.of(
                    ResourceId.of(SPACE, name), DiskLocation.of(dir.resolve(name).toString())),
                mode)
            .creating(CreatePolicy.DEFAULT)
            .forDisk(path));
  }

  @AfterEach
  void end() {
    door.close();
    hosts.forEach(LeaseManager::close);
    assertThat(faults).isEmpty();
  }

  @Test
  void showsWhatEveryHostHoldsInLightAndDarkAndOnAPhoneAndChangesByItself() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Browser.PROGRAM), "needs the program chromium");
    Path shots = Files.createDirectories(Path.of("target/screenshots").toAbsolutePath());
    try (Browser browser = Browser.start()) {
      browser.look(1100, 1050, false);
      browser.open("http://127.0.0.1:" + door.listening().getPort() + "/");
      browser.value("window.loadedOnce = 'still here'");
      long pid = ProcessHandle.current().pid();
      // The leases of others are looked at one by one, and their hosts are known to live later.
      browser.until("document.querySelectorAll('.matrix .mark.live').length", "10");
      assertThat(browser.value(TEXT))
          .contains("kvm1.example", "kvm3", "guest web1, pid " + pid, "guest web3, pid " + pid)
          .contains("lockspace joined", "no watchdog", "web8.qcow2", "/srv/iso/");
      assertThat(browser.value(TEXT)).contains("9 disks in use", "3 held, this host", "4 held");
      assertThat(browser.value("document.querySelectorAll('.matrix .mark.full').length"))
          .isEqualTo("8");
      assertThat(browser.value("document.querySelectorAll('polyline').length")).isEqualTo("1");

      assertThat(browser.value("dog({watchdog_protects: true, watchdog_armed: 1})[0]"))
          .isEqualTo("watchdog armed");
      assertThat(browser.value("dog({watchdog_protects: true, watchdog_armed: 0})[0]"))
          .isEqualTo("watchdog not armed yet");

      assertThat(brightness(browser)).isGreaterThan(200);
      browser.shoot(shots.resolve("status-light.png"));
      browser.look(1100, 1050, true);
      assertThat(brightness(browser)).isLessThan(60);
      browser.shoot(shots.resolve("status-dark.png"));

      browser.look(390, 1200, false);
      browser.until("document.querySelector('svg').viewBox.baseVal.width < 390", "true");
      assertThat(browser.value(TOO_WIDE)).isEqualTo("0 0");
      browser.shoot(shots.resolve("status-phone.png"));

      assertThat(browser.value(TEXT)).doesNotContain("new.qcow2");
      acquire(guests.get(0), "images/new.qcow2", HoldMode.EXCLUSIVE);
      browser.until(TEXT, "new.qcow2");
      acquire(guests.get(2), "images/newer.qcow2", HoldMode.EXCLUSIVE);
      browser.until(TEXT, "newer.qcow2");
      guests.get(2).releaseAll();
      browser.until(TEXT, "7 disks in use");
      assertThat(browser.value("window.loadedOnce")).isEqualTo("still here");
    }
  }

  /** Of the page's ground, 0 to 255. */
  private static int brightness(Browser browser) throws InterruptedException {
    String colour = browser.value("getComputedStyle(document.body).backgroundColor");
    return Integer.parseInt(colour.replaceAll("rgb\\((\\d+),.*", "$1"));
  }
}
