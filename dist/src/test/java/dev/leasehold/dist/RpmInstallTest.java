// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The .rpm on a site where the originals' packages own the names of their commands, by rpm itself
 * in a root that has a shell and little else.
 */
class RpmInstallTest {
  /** What the scripts call. */
  private static final List<String> PROGRAMS =
      List.of("sh", "ln", "mkdir", "rm", "rmdir", "readlink", "cat");

  private Path work = Tool.TARGET;
  private Path root = Tool.TARGET;

  @BeforeEach
  void makeRoot() throws Exception {
    Tool.need("rpm", "rpmbuild", "ldd", "chroot");
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs to be root");
    work = Files.createTempDirectory(Tool.TARGET, "rpm-root-");
    root = Files.createDirectory(work.resolve("root"));
    for (String directory : List.of("bin", "proc", "run", "etc", "tmp", "usr/bin")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.createDirectories(root.resolve("dev"));
    Files.createFile(root.resolve("dev/null")); // what the scripts throw away may be kept here
    for (String program : PROGRAMS) {
      Path file = Path.of("/bin", program);
      Files.copy(file, root.resolve("bin/" + program));
      libraries(file);
    }
  }

  @AfterEach
  void removeRoot() throws Exception {
    if (!work.equals(Tool.TARGET)) {
      Tool.run("rm", "-rf", "--one-file-system", work.toString());
    }
  }

  private void libraries(Path program) throws Exception {
    for (String word : Tool.run("ldd", program.toString()).out().split("\\s+")) {
      Path to = root.resolve(word.replaceFirst("^/", ""));
      if (word.startsWith("/") && !Files.exists(to)) {
        Files.createDirectories(to.resolveSibling("."));
        Files.copy(Path.of(word), to);
      }
    }
  }

  /** A package that owns these files, as the original of this name does. */
  private Path original(String name, Set<String> files) throws Exception {
    StringBuilder spec = new StringBuilder("%global __os_install_post %{nil}\n");
    spec.append("Name: ").append(name).append("\nVersion: 9\nRelease: 1\nLicense: X\n");
    spec.append("Summary: stands for the original\nBuildArch: noarch\nAutoReqProv: no\n");
    spec.append("%description\nNothing.\n%install\n");
    for (String file : files) {
      spec.append("mkdir -p $(dirname %{buildroot}").append(file).append(")\n");
      spec.append("echo original >%{buildroot}").append(file).append('\n');
    }
    spec.append("%files\n").append(String.join("\n", files)).append('\n');
    Path file = Files.writeString(work.resolve(name + ".spec"), spec);
    String top = "_topdir " + work.resolve("build");
    Tool.Result built = Tool.run("rpmbuild", "--quiet", "--define", top, "-bb", file.toString());
    assertThat(built.code()).as(built.out()).isZero();
    return work.resolve("build/RPMS/noarch/" + name + "-9-1.noarch.rpm");
  }

  private Path sanlock() throws Exception {
    return original("sanlock", Set.of("/usr/sbin/sanlock", "/usr/share/man/man8/sanlock.8.gz"));
  }

  private Path plugin() throws Exception {
    return original(
        "libvirt-daemon-plugin-sanlock",
        Set.of("/usr/sbin/virt-sanlock-cleanup", "/usr/share/man/man8/virt-sanlock-cleanup.8.gz"));
  }

  /** Dependencies are left out: the root has no package of a C library. Conflicts are not. */
  private void rpm(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("rpm", "--root", root.toString()));
    line.addAll(List.of("--dbpath", "/var/lib/rpm"));
    line.addAll(List.of(arguments));
    Tool.Result result = Tool.run(line);
    assertThat(result.code()).as("%s:\n%s", line, result.out()).isZero();
    assertThat(result.out()).doesNotContain("failed", "error");
  }

  private void install(Path... packages) throws Exception {
    List<String> line = new ArrayList<>(List.of("-U", "--nodeps"));
    for (Path one : packages) {
      line.add(one.toString());
    }
    rpm(line.toArray(String[]::new));
  }

  private boolean isOurs(String name) throws IOException {
    Path file = root.resolve(name.substring(1));
    return Files.isSymbolicLink(file)
        && Files.readSymbolicLink(file).toString().startsWith("/usr/lib/leasehold/")
        && Files.exists(root.resolve(Files.readSymbolicLink(file).toString().substring(1)));
  }

  private void assertOriginal(String... names) throws IOException {
    for (String name : names) {
      assertThat(root.resolve(name.substring(1))).isRegularFile().hasContent("original");
    }
  }

  private static final String[] NAMES = Product.SHARED_NAMES.toArray(String[]::new);

  @Test
  void standsBesideTheOriginalsWhoseNamesItLeavesAlone() throws Exception {
    install(sanlock(), plugin());
    install(Tool.rpm());
    assertOriginal(NAMES);
    rpm("-V", "--nodeps", "sanlock", "libvirt-daemon-plugin-sanlock");
    rpm("-e", "leasehold");
    assertOriginal(NAMES);
  }

  @Test
  void takesNamesThatAreFreeAndGivesThemBack() throws Exception {
    install(Tool.rpm());
    for (String name : NAMES) {
      assertThat(isOurs(name)).as(name).isTrue();
    }
    Path dropIn = root.resolve("etc/systemd/system/virtlockd.socket.d/leasehold.conf");
    assertThat(Files.isSymbolicLink(dropIn)).isTrue();
    install(plugin());
    assertOriginal("/usr/sbin/virt-sanlock-cleanup");
    assertThat(isOurs("/usr/sbin/sanlock")).isTrue();
    rpm("-e", "leasehold");
    assertOriginal("/usr/sbin/virt-sanlock-cleanup");
    assertThat(root.resolve("usr/sbin/sanlock")).doesNotExist();
    assertThat(Files.exists(dropIn, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  /** Without the original, whoever needs the daemon gets ours. */
  @Test
  void declaresNoConflictAndProvidesTheDaemon() throws Exception {
    assertThat(Tool.run("rpm", "-qp", "--conflicts", Tool.rpm().toString()).out()).isEmpty();
    assertThat(Tool.run("rpm", "-qp", "--provides", Tool.rpm().toString()).out())
        .contains("sanlock = 3.8.5");
  }
}
