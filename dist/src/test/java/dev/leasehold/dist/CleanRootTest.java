// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The life of the .deb on a Debian 12 that has nothing but its base system: no Java, no libvirt. In
 * order, since each step is what an administrator does after the one before.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CleanRootTest {
  private static final Path ROOT = Tool.TARGET.resolve("debian-12");

  /** Kept until the next clean, so that only the first run fetches the base system. */
  private static final Path BASE = Tool.TARGET.resolve("debian-12.tar");

  @BeforeAll
  static void makeRoot() throws Exception {
    Tool.need("debootstrap", "chroot", "unshare", "dpkg-deb");
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs to be root");
    remove();
    Files.createDirectories(ROOT);
    if (!Files.exists(BASE)) {
      Tool.Result made =
          Tool.run(
              "debootstrap",
              "--variant=minbase",
              "--exclude=e2fsprogs,tzdata,logsave",
              "bookworm",
              ROOT.toString());
      assertThat(made.code()).as("debootstrap:\n%s", made.out()).isZero();
      assertThat(Tool.run("tar", "-C", ROOT.toString(), "-cf", BASE.toString(), ".").code())
          .isZero();
    } else {
      assertThat(Tool.run("tar", "-C", ROOT.toString(), "-xf", BASE.toString()).code()).isZero();
    }
  }

  @AfterAll
  static void removeRoot() throws Exception {
    remove();
  }

  private static void remove() throws Exception {
    Tool.run("rm", "-rf", "--one-file-system", ROOT.toString());
  }

  /** In the root, with a /proc of its own that ends with the command. */
  private static List<String> inRoot(String command) {
    String enter = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" sh -c \"$1\"";
    List<String> line = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", enter));
    line.addAll(List.of(ROOT.toString(), command));
    return line;
  }

  private static Tool.Result sh(String command) throws IOException, InterruptedException {
    return Tool.run(inRoot(command));
  }

  private static String ok(String command) throws IOException, InterruptedException {
    Tool.Result result = sh(command);
    assertThat(result.code()).as("%s:\n%s", command, result.out()).isZero();
    return result.out();
  }

  private static void put(Path deb, String name) throws IOException {
    Files.copy(deb, ROOT.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** A package that owns the command, as Debian's sanlock does. */
  private static void installOriginal() throws Exception {
    Path tree = ROOT.resolve("original");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.createDirectories(tree.resolve("usr/sbin"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        "Package: sanlock\nVersion: 3.8.5-1\nArchitecture: all\nMaintainer: T <t@t.invalid>\n"
            + "Description: stands for the original\n");
    Files.writeString(tree.resolve("usr/sbin/sanlock"), "#!/bin/sh\necho original\n");
    ok("chmod 755 /original/usr/sbin/sanlock && dpkg-deb -b /original /original.deb");
    ok("dpkg -i /original.deb");
  }

  @Test
  @Order(1)
  void installsWithoutJavaAndQuestions() throws Exception {
    assertThat(sh("command -v java").code()).isNotZero();
    installOriginal();
    put(Tool.deb(), "leasehold.deb");
    ok("dpkg -i /leasehold.deb");
    assertThat(ok("leasehold --version")).isEqualTo("leasehold 0.1.0-SNAPSHOT\n");
    assertThat(ok("/usr/sbin/sanlock.distrib")).isEqualTo("original\n");
    assertThat(ok("readlink -f /etc/systemd/system/virtlockd.socket.d/leasehold.conf"))
        .isEqualTo("/usr/lib/leasehold/virtlockd.socket.conf\n");
    assertThat(ok("dpkg --verify leasehold")).isEmpty();
  }

  @Test
  @Order(2)
  void runsUnderALease() throws Exception {
    ok("touch /disk");
    String out =
        ok(
            "leasehold run --quiet --disk /disk -- sh -c 'leasehold who --no-wait /disk; echo"
                + " done'");
    assertThat(out).contains("disk /disk is in use by").endsWith("done\n");
  }

  @Test
  @Order(3)
  void upgradeLosesNoLeaseAndNoSetting() throws Exception {
    ok("echo '# mine' >>/etc/leasehold/leasehold.conf");
    Process run =
        new ProcessBuilder(
                inRoot("exec leasehold run --quiet --disk /disk -- sh -c 'echo up; read -r line'"))
            .redirectErrorStream(true)
            .start();
    try {
      var out = run.inputReader(StandardCharsets.UTF_8);
      assertThat(out.readLine()).isEqualTo("up");
      upgrade("0.1.1");
      assertThat(ok("dpkg-query -W -f '${Version}' leasehold")).isEqualTo("0.1.1");
      assertThat(run.isAlive()).isTrue();
      assertThat(sh("leasehold who /disk").out()).contains("disk /disk is in use by");
      Tool.Result second = sh("leasehold run --quiet --disk /disk -- true");
      assertThat(second.code()).as(second.out()).isEqualTo(75);
      run.getOutputStream().write('\n');
      run.getOutputStream().close();
      assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(run.exitValue()).isZero();
    } finally {
      run.destroyForcibly();
    }
    assertThat(ok("cat /etc/leasehold/leasehold.conf")).endsWith("# mine\n");
  }

  private static void upgrade(String version) throws Exception {
    Instant time = Instant.parse("2025-02-01T00:00:00Z");
    Release next = new Release(version, time, Release.Machine.current());
    Stage stage = Stage.existing(Tool.TARGET.resolve("root"), time);
    Path directory = Files.createTempDirectory(Tool.TARGET, "next-");
    put(new DebPackage(Tool.SOURCES, stage, next).write(directory), "next.deb");
    Tool.run("rm", "-rf", directory.toString());
    ok("dpkg -i /next.deb");
  }

  /** What systemd would run, with the rights that it would have, by the unit that was installed. */
  private static String unitsCommandLine() throws Exception {
    String rights = unit("CapabilityBoundingSet").replace("CAP_", "+").toLowerCase(Locale.ROOT);
    assertThat(unit("NoNewPrivileges")).isEqualTo("yes");
    return "setpriv --no-new-privs --bounding-set -all,"
        + rights.replace(' ', ',')
        + " "
        + unit("ExecStart");
  }

  private static String unit(String key) throws Exception {
    return Files.readAllLines(ROOT.resolve("usr/lib/systemd/system/leasehold.service")).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  private static Process start(String command, Path out) throws IOException {
    return new ProcessBuilder(inRoot("exec " + command))
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  private static void until(String what, Path out, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("%s\n%s", what, Files.readString(out)).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static String get(Path socket, String path) throws IOException {
    var address = java.net.UnixDomainSocketAddress.of(socket);
    try (var channel = java.nio.channels.SocketChannel.open(address)) {
      String request = "GET " + path + " HTTP/1.0\r\n\r\n";
      channel.write(java.nio.ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      var in = java.nio.channels.Channels.newInputStream(channel);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static long renewedAt() throws Exception {
    String line = ok("sanlock client host_status -s L").lines().findFirst().orElseThrow();
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }

  @Test
  @Order(4)
  void daemonOfTheUnitKeepsItsLeasesThroughAnUpgradeAndIsNotRemovedFromUnderThem()
      throws Exception {
    Path out = Tool.TARGET.resolve("clean-root-daemon");
    ok("echo 'metrics_listen = \"unix:/run/m.sock\"' >>/etc/leasehold/leasehold.conf");
    ok("mkdir -p /run/libvirt && truncate -s 1M /ls /res");
    Process daemon = start(unitsCommandLine(), out);
    Process guest = daemon;
    try {
      until("ready", out, () -> Files.readString(out).contains("ready as"));
      assertThat(Files.readString(out)).contains("doors: sanlock, ", ", http");
      ok("sanlock client init -s L:0:/ls:0 -o 1 && sanlock client add_lockspace -s L:1:/ls:0 -o 1");
      ok("sanlock client init -r L:R:/res:0");
      Path guestOut = Tool.TARGET.resolve("clean-root-guest");
      guest = start("sanlock client command -r L:R:/res:0 -c /bin/sleep 600", guestOut);
      until("held", guestOut, () -> ok("sanlock client status").contains("r L:R:/res:0:1"));

      upgrade("0.1.2");

      // On the runtime that is installed, from classes that may not have been loaded before.
      assertThat(get(ROOT.resolve("run/m.sock"), "/metrics"))
          .contains("leasehold_leases_held{lockspace=\"L\",mode=\"exclusive\"} 1.0");
      assertThat(get(ROOT.resolve("run/m.sock"), "/")).contains("<!doctype html");
      assertThat(daemon.isAlive()).isTrue();
      assertThat(guest.isAlive()).isTrue();
      long before = renewedAt();
      until("a renewal after the upgrade", out, () -> renewedAt() > before);
      assertThat(ok("sanlock client status")).contains("r L:R:/res:0:1 p " + guest.pid() + "\n");
      assertThat(sh("sanlock client command -r L:R:/res:0 -c /bin/echo got").out())
          .doesNotContain("got");

      Tool.Result removal = sh("dpkg -r leasehold");
      assertThat(removal.code()).as(removal.out()).isNotZero();
      assertThat(removal.out()).contains("guests may rely on it: not removed");
      assertThat(ok("dpkg-query -W -f '${db:Status-Status}' leasehold")).isEqualTo("installed");
      assertThat(guest.isAlive()).isTrue();

      guest.destroyForcibly().waitFor();
      ok("sanlock client rem_lockspace -s L:1:/ls:0");
      daemon.destroy();
      assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).as(Files.readString(out)).isTrue();
      assertThat(daemon.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      guest.destroyForcibly();
      daemon.destroyForcibly();
    }
  }

  /** A site of the original may have it act as a user of its own: sanlock.conf, uname and gname. */
  @Test
  @Order(5)
  void daemonOfTheUnitMayActAsAnotherUser() throws Exception {
    Path out = Tool.TARGET.resolve("clean-root-daemon");
    ok("mkdir -p /etc/sanlock && echo 'uname = daemon' >/etc/sanlock/sanlock.conf");
    ok("echo 'gname = daemon' >>/etc/sanlock/sanlock.conf");
    ok("echo 'virtlockd_socket = \"\"' >/as-user.conf && chown daemon:daemon /ls");
    // The daemon before this one was root: a host boots with an empty run directory.
    ok("rm /run/sanlock/leasehold.holders /run/sanlock/sanlock.sock");
    Process daemon = start(unitsCommandLine() + " --leases /as-user.conf", out);
    try {
      until("ready", out, () -> Files.readString(out).contains("ready as"));
      assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/status")))
          .containsPattern("Uid:\\s+0\\s+1\\s+0\\s+1\n");
      ok("sanlock client add_lockspace -s L:1:/ls:0 -o 1");
      ok("sanlock client rem_lockspace -s L:1:/ls:0");
      daemon.destroy();
      assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).as(Files.readString(out)).isTrue();
      assertThat(daemon.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      daemon.destroyForcibly();
    }
  }

  @Test
  @Order(6)
  void removalGivesBackWhatWasSetAsideAndLeavesLeases() throws Exception {
    ok("dpkg -r leasehold");
    assertThat(ok("sanlock")).isEqualTo("original\n");
    ok("test -e /etc/leasehold/leasehold.conf && test -d /var/lib/leasehold/leases");
    ok("test ! -e /etc/systemd/system/virtlockd.socket.d && test ! -e /usr/lib/leasehold");
    assertThat(ok("dpkg-divert --list '*sanlock*'")).isEmpty();
  }

  @Test
  @Order(7)
  void purgeSaysWhatItLeaves() throws Exception {
    assertThat(ok("dpkg -P leasehold")).contains("/var/lib/leasehold is left");
    ok("test ! -e /etc/leasehold && test -d /var/lib/leasehold/leases");
  }
}
