// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is in the packages, by the tools of the systems they are for. */
class PackagesTest {
  private static final Path ROOT = Tool.TARGET.resolve("root");

  /**
   * The goal is 60 MB, which is missed (docs/performance.md). The JVM's library is 24 MiB of this,
   * the start-up cache 22, the JDK's classes 11; the rest is for new code and documents.
   */
  private static final long MOST_BYTES = 61L << 20;

  /** In both packages; that nothing else is missing is seen by comparing with the tree. */
  private static final List<String> MUST_HAVE =
      List.of(
          "/usr/bin/leasehold",
          "/usr/lib/leasehold/sbin/sanlock",
          "/usr/lib/leasehold/sbin/virt-sanlock-cleanup",
          "/usr/lib/leasehold/share/man/man8/sanlock.8.gz",
          "/usr/lib/leasehold/share/man/man8/virt-sanlock-cleanup.8.gz",
          "/usr/lib/leasehold/jre/bin/java",
          "/usr/lib/leasehold/leasehold.jar",
          "/usr/lib/leasehold/leasehold.aot",
          "/usr/lib/leasehold/virtlockd.socket.conf",
          "/usr/lib/systemd/system/leasehold.service",
          "/usr/lib/systemd/system/leasehold-sanlock.socket",
          "/usr/lib/systemd/system/leasehold-cleanup.service",
          "/usr/lib/systemd/system/leasehold-cleanup.timer",
          "/etc/leasehold/leasehold.conf",
          "/usr/share/augeas/lenses/leasehold.aug",
          "/usr/share/leasehold/monitoring/leasehold-alerts.yml",
          "/usr/share/leasehold/monitoring/leasehold-dashboard.json",
          "/usr/share/man/man1/leasehold.1.gz",
          "/usr/share/man/man1/leasehold-run.1.gz",
          "/usr/share/man/man1/leasehold-status.1.gz",
          "/usr/share/man/man1/leasehold-check.1.gz",
          "/usr/share/man/man1/leasehold-cleanup.1.gz",
          "/usr/share/man/man5/leasehold.conf.5.gz",
          "/usr/share/man/man8/leasehold-daemon.8.gz",
          "/usr/share/doc/leasehold/cli.md",
          "/usr/share/doc/leasehold/copyright",
          "/usr/share/doc/leasehold/daemon.md",
          "/usr/share/doc/leasehold/libvirt.md",
          "/usr/share/doc/leasehold/migration.md",
          "/usr/share/doc/leasehold/runbook.md",
          "/usr/share/doc/leasehold/safety.md",
          "/usr/share/doc/leasehold/tutorial.md",
          "/usr/share/bash-completion/completions/leasehold",
          "/usr/share/zsh/site-functions/_leasehold");

  /** Only the .deb has these: what only Debian reads, and names that an RPM may find taken. */
  private static final Set<String> ONLY_ON_DEBIAN =
      Set.of(
          "/usr/share/lintian/overrides/leasehold",
          "/usr/share/doc/leasehold/changelog.gz",
          "/usr/sbin/sanlock",
          "/usr/sbin/virt-sanlock-cleanup",
          "/usr/share/man/man8/sanlock.8.gz",
          "/usr/share/man/man8/virt-sanlock-cleanup.8.gz");

  @Test
  void isNotLargerThanItHasToBe() throws Exception {
    try (Stream<Path> files = Files.walk(ROOT)) {
      long bytes =
          files
              .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
              .mapToLong(PackagesTest::size)
              .sum();
      assertThat(bytes).isLessThan(MOST_BYTES);
    }
  }

  /** TLS is not in the runtime; a provider that is named and missing would fail anywhere. */
  @Test
  void theRuntimeNamesNoProviderThatItHasNot() throws Exception {
    Path settings = ROOT.resolve("usr/lib/leasehold/jre/conf/security/java.security");
    List<String> providers =
        Files.readAllLines(settings).stream()
            .filter(line -> line.startsWith("security.provider."))
            .map(line -> line.substring("security.provider.".length()))
            .toList();
    assertThat(providers).isNotEmpty().noneMatch(line -> line.endsWith("SunJSSE"));
    for (int i = 0; i < providers.size(); i++) {
      assertThat(providers.get(i)).startsWith((i + 1) + "=");
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void debHasEverythingOwnedByRoot() throws Exception {
    Tool.need("dpkg-deb");
    Tool.Result content = Tool.run("dpkg-deb", "-c", Tool.deb().toString());
    for (String path : MUST_HAVE) {
      assertThat(content.out()).contains(" ." + path + "\n");
    }
    for (String path : ONLY_ON_DEBIAN) {
      assertThat(content.out()).containsPattern(" \\." + Pattern.quote(path) + "( -> .+)?\n");
    }
    assertThat(content.out().lines()).allMatch(line -> line.contains(" root/root "));
    assertThat(content.out().lines().map(line -> line.substring(0, 10)))
        .containsOnly("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx");
    assertThat(Tool.run("dpkg-deb", "-I", Tool.deb().toString(), "conffiles").out())
        .isEqualTo("/etc/leasehold/leasehold.conf\n");
  }

  @Test
  void lintianFindsNoError() throws Exception {
    Tool.need("lintian");
    Tool.Result result =
        Tool.run("lintian", "--fail-on", "error", "--no-cfg", Tool.deb().toString());
    assertThat(result.out().lines().filter(line -> line.startsWith("E:"))).isEmpty();
    assertThat(result.code()).as(result.out()).isZero();
  }

  @Test
  void rpmIsWhole() throws Exception {
    Tool.need("rpm");
    String rpm = Tool.rpm().toString();
    Tool.Result digests = Tool.run("rpm", "-Kv", rpm);
    assertThat(digests.code()).as(digests.out()).isZero();
    Tool.Result list = Tool.run("rpm", "-qp", "--dump", rpm);
    for (String path : MUST_HAVE) {
      assertThat(list.out().lines()).anyMatch(line -> line.startsWith(path + " "));
    }
    assertThat(list.out().lines().map(line -> String.join(" ", columns(line, 4, 5, 6))))
        .containsOnly(
            "0100644 root root", "0100755 root root", "040755 root root", "0120777 root root");
    assertThat(Tool.run("rpm", "-qp", "--configfiles", rpm).out())
        .isEqualTo("/etc/leasehold/leasehold.conf\n");
    String scripts = Tool.run("rpm", "-qp", "--scripts", rpm).out();
    assertThat(scripts).contains("postinstall", "preuninstall", "postuninstall");
  }

  private static List<String> columns(String line, int... numbers) {
    List<String> words = List.of(line.split(" "));
    return java.util.Arrays.stream(numbers).mapToObj(words::get).toList();
  }

  @Test
  void rpmUnpacksToTheSameFiles() throws Exception {
    Tool.need("rpm2cpio", "cpio");
    Path to = Files.createTempDirectory(Tool.TARGET, "rpm-");
    String unpack = "cd " + to + " && rpm2cpio " + Tool.rpm() + " | cpio -idm --quiet";
    assertThat(Tool.run("sh", "-c", unpack).out()).isEmpty();
    assertSameFiles(to, ONLY_ON_DEBIAN);
    assertThat(Tool.run(to.resolve("usr/bin/leasehold").toString(), "--version").out())
        .isEqualTo("leasehold 0.1.0-SNAPSHOT\n");
    Tool.run("rm", "-rf", to.toString());
  }

  @Test
  void debUnpacksToTheSameFiles() throws Exception {
    Tool.need("dpkg-deb");
    Path to = Files.createTempDirectory(Tool.TARGET, "deb-");
    assertThat(Tool.run("dpkg-deb", "-x", Tool.deb().toString(), to.toString()).out()).isEmpty();
    assertSameFiles(to, Set.of());
    Tool.run("rm", "-rf", to.toString());
  }

  /** What was unpacked is the tree that the packages were made from, without what is named. */
  private static void assertSameFiles(Path unpacked, Set<String> leftOut) throws IOException {
    Set<String> expected = files(ROOT);
    assertThat(expected).containsAll(leftOut);
    expected.removeAll(leftOut);
    assertThat(files(unpacked)).isEqualTo(expected);
    for (String path : expected) {
      Path one = ROOT.resolve(path.substring(1));
      Path other = unpacked.resolve(path.substring(1));
      if (Files.isSymbolicLink(one)) {
        assertThat(Files.readSymbolicLink(other)).as(path).isEqualTo(Files.readSymbolicLink(one));
      } else {
        assertThat(Files.mismatch(one, other)).as(path).isEqualTo(-1);
      }
    }
  }

  /** Files and links, by their paths as installed. */
  private static Set<String> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> Files.isSymbolicLink(file) || !Files.isDirectory(file))
          .map(file -> "/" + root.relativize(file))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void rpmlintFindsNoError() throws Exception {
    Tool.need("rpmlint");
    Path settings = Tool.SOURCES.resolve("dist/src/main/packaging/rpm/rpmlint.toml");
    Tool.Result result = Tool.run("rpmlint", "-c", settings.toString(), Tool.rpm().toString());
    assertThat(result.out().lines().filter(line -> line.contains(": E: "))).isEmpty();
    assertThat(result.out()).contains(" 0 errors");
  }

  @Test
  void scriptsAreCorrectShell() throws Exception {
    for (String file :
        List.of(
            "deb/preinst",
            "deb/postinst",
            "deb/prerm",
            "deb/postrm",
            "rpm/post",
            "rpm/preun",
            "rpm/postun",
            "bin/sanlock",
            "bin/virt-sanlock-cleanup")) {
      Path path = Tool.SOURCES.resolve("dist/src/main/packaging/" + file);
      assertThat(Tool.run("sh", "-n", path.toString()).code()).as(file).isZero();
    }
  }

  /** With Sockets= it would be taken from a virtlockd that is in charge. */
  @Test
  void libvirtsLockSocketIsTakenByTheDropInOnly() throws Exception {
    Path units = Tool.SOURCES.resolve("dist/src/main/packaging/systemd");
    assertThat(Files.readString(units.resolve("leasehold.service")).lines())
        .filteredOn(line -> line.startsWith("Sockets="))
        .noneMatch(line -> line.contains("virtlockd"));
    assertThat(Files.readString(units.resolve("virtlockd.socket.conf")))
        .contains("\nService=leasehold.service\n");
  }

  @Test
  void systemdAcceptsTheUnits() throws Exception {
    Tool.need("systemd-analyze");
    Path units = ROOT.resolve("usr/lib/systemd/system");
    Path copies = Files.createTempDirectory(Tool.TARGET, "units-");
    try (Stream<Path> all = Files.list(units)) {
      for (Path unit : all.toList()) {
        // The programs are not installed on the machine that builds.
        String text =
            Files.readString(unit)
                .replace("ExecStart=/usr/bin/leasehold", "ExecStart=" + ROOT + "/usr/bin/leasehold")
                .replaceAll("(?m)^Documentation=.*$", "");
        Files.writeString(copies.resolve(unit.getFileName()), text);
      }
    }
    for (String unit :
        List.of(
            "leasehold.service",
            "leasehold-sanlock.socket",
            "leasehold-cleanup.timer",
            "leasehold-cleanup.service")) {
      Tool.Result result =
          Tool.run("systemd-analyze", "verify", "--man=no", copies.resolve(unit).toString());
      assertThat(result.out().lines().filter(line -> line.contains("leasehold"))).isEmpty();
    }
    Tool.Result security =
        Tool.run(
            "systemd-analyze",
            "security",
            "--offline=yes",
            "--threshold=36",
            copies.resolve("leasehold.service").toString());
    assertThat(security.code()).as(security.out()).isZero();
    assertThat(Files.readString(Tool.SOURCES.resolve("docs/daemon.md")))
        .contains("says 3.6 (OK)", "`systemd-analyze security leasehold.service`");
    Tool.run("rm", "-rf", copies.toString());
  }

  @Test
  void manPagesRenderWithoutWarnings() throws Exception {
    Tool.need("man", "groff");
    try (Stream<Path> pages = Files.walk(ROOT.resolve("usr/share/man"))) {
      for (Path page : pages.filter(Files::isRegularFile).toList()) {
        Tool.Result result =
            Tool.run(
                "sh",
                "-c",
                "MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z \"$1\" 2>&1"
                    + " >/dev/null",
                "sh",
                page.toString());
        assertThat(result.out()).as(page.toString()).isEmpty();
      }
    }
  }

  @Test
  void everyCommandHasAManPageAndCompletion() throws Exception {
    String bash = Files.readString(ROOT.resolve("usr/share/bash-completion/completions/leasehold"));
    String zsh = Files.readString(ROOT.resolve("usr/share/zsh/site-functions/_leasehold"));
    var pages =
        new ManPages(
                Tool.SOURCES,
                new Release("0.1.0-SNAPSHOT", java.time.Instant.EPOCH, Release.Machine.current()))
            .all();
    for (var spec : Main.specs()) {
      String page =
          pages.entrySet().stream()
              .filter(entry -> entry.getKey().startsWith("leasehold-" + spec.name() + "."))
              .findFirst()
              .orElseThrow()
              .getValue();
      assertThat(bash).contains("    " + spec.name() + ")");
      assertThat(zsh).contains("    " + spec.name() + ")");
      for (var option : spec.options()) {
        assertThat(page).contains("\\-\\-" + option.name().replace("-", "\\-"));
        assertThat(bash).contains("--" + option.name());
        assertThat(zsh).contains("--" + option.name() + "[");
      }
    }
    assertThat(pages.get("leasehold.1")).contains("LEASE_BUSY", "LEASEHOLD_STATE_DIR");
  }

  @Test
  void completionCompletes() throws Exception {
    Tool.need("bash");
    Path script = ROOT.resolve("usr/share/bash-completion/completions/leasehold");
    assertThat(complete(script, "leasehold ru")).isEqualTo("run");
    assertThat(complete(script, "leasehold run --identity ")).isEqualTo("path canonical");
    assertThat(complete(script, "leasehold who --no")).isEqualTo("--no-wait");
  }

  private static String complete(Path script, String line) throws Exception {
    String code =
        ". \"$1\"; COMP_WORDS=($2); [[ $2 == *' ' ]] && COMP_WORDS+=('');"
            + " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _leasehold; echo -n \"${COMPREPLY[*]}\"";
    return Tool.run("bash", "-c", code, "bash", script.toString(), line).out();
  }

  @Test
  void zshCompletionIsCorrect() throws Exception {
    Tool.need("zsh");
    Path script = ROOT.resolve("usr/share/zsh/site-functions/_leasehold");
    Tool.Result result = Tool.run("zsh", "-n", script.toString());
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @Test
  void startUsesTheCacheMadeInTheBuild() throws Exception {
    String java = ROOT.resolve("usr/lib/leasehold/jre/bin/java").toString();
    Tool.Result result =
        Tool.run(
            Stream.concat(
                    Stream.of(java),
                    Stream.concat(
                        Flags.COMMON.stream(),
                        Stream.of(
                            "-Xmx64m",
                            "-XX:AOTMode=on",
                            "-XX:AOTCache=" + ROOT.resolve("usr/lib/leasehold/leasehold.aot"),
                            "-cp",
                            ROOT.resolve("usr/lib/leasehold/leasehold.jar").toString(),
                            Main.class.getName(),
                            "--version")))
                .toList());
    // With AOTMode=on the JVM ends with an error when it cannot use the cache.
    assertThat(result.out()).isEqualTo("leasehold 0.1.0-SNAPSHOT\n");
    assertThat(result.code()).isZero();
  }
}
