// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Lays out what is installed. */
final class Product {
  /** Everything private to the product. */
  static final String HOME = "/usr/lib/leasehold";

  private static final String DOC = "/usr/share/doc/leasehold";

  /**
   * Names that the packages of the originals own on a site that uses them. What is behind them is
   * in {@link #HOME}; they are links to it, which each kind of package makes in its own way: Debian
   * sets the originals' aside, RPM leaves names that are taken alone.
   */
  static final List<String> SHARED_NAMES =
      List.of(
          "/usr/sbin/sanlock",
          "/usr/sbin/virt-sanlock-cleanup",
          "/usr/share/man/man8/sanlock.8.gz",
          "/usr/share/man/man8/virt-sanlock-cleanup.8.gz");

  /** What is read after the installation, and what help texts name; the rest is for developers. */
  private static final Set<String> FOR_OPERATORS =
      Set.of(
          "cli.md",
          "configuration.md",
          "daemon.md",
          "holder-note.md",
          "images/status-light.png",
          "libvirt.md",
          "metrics.md",
          "migration.md",
          "runbook.md",
          "safety.md",
          "sizing.md",
          "testing.md",
          "troubleshooting.md",
          "tutorial.md");

  private static final String MAIN = "dev.leasehold.cli.Main";

  private final Path sources;
  private final Path packaging;
  private final Path target;
  private final Stage stage;
  private final Release release;

  Product(Path sources, Path target, Stage stage, Release release) {
    this.sources = sources;
    this.packaging = sources.resolve("dist/src/main/packaging");
    this.target = target;
    this.stage = stage;
    this.release = release;
  }

  void lay() throws IOException, InterruptedException {
    Files.createDirectories(stage.at(HOME));
    RuntimeImage.make(stage.at(HOME + "/jre"));
    jar();
    train();
    programs();
    units();
    documents();
    shared();
    sharedNames();
  }

  private void jar() throws IOException {
    Path jar = stage.at(HOME + "/leasehold.jar");
    try (Stream<Path> jars = Files.list(target.resolve("jars"))) {
      List<Path> sorted = jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      ProductJar.merge(sorted, jar, release.time());
    }
    // The JVM compares the jar's time with the one that it had when the cache was made.
    Files.setLastModifiedTime(jar, FileTime.from(release.time()));
  }

  /** The cache that makes each start faster; from a run that does what users do. */
  private void train() throws IOException, InterruptedException {
    Path scratch = target.resolve("warm-up");
    remove(scratch);
    Files.createDirectories(scratch);
    Path disk = Files.createFile(scratch.resolve("disk"));
    Path cache = stage.at(HOME + "/leasehold.aot");
    List<String> line = new ArrayList<>();
    line.add(stage.at(HOME + "/jre/bin/java").toString());
    line.addAll(Flags.COMMON);
    line.addAll(Flags.TRAINING);
    line.addAll(
        List.of(
            "-XX:AOTCacheOutput=" + cache,
            "-cp",
            stage.at(HOME + "/leasehold.jar").toString(),
            MAIN,
            "warm-up",
            disk.toString()));
    Map<String, String> environment =
        Map.of(
            "LEASEHOLD_STATE_DIR", scratch.resolve("state").toString(),
            "LEASEHOLD_RUNTIME_DIR", scratch.resolve("run").toString(),
            "SANLOCK_RUN_DIR", scratch.resolve("s").toString(),
            "SANLOCK_PRIVILEGED", "0");
    Commands.run(environment, line);
    remove(scratch);
  }

  private static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private void programs() throws IOException {
    String launcher = Files.readString(packaging.resolve("bin/leasehold"));
    stage.text(
        "/usr/bin/leasehold",
        Stage.RUN,
        launcher
            .replace("@COMMON_FLAGS@", String.join(" ", Flags.COMMON))
            .replace("@DAEMON_FLAGS@", String.join(" ", Flags.DAEMON)));
    for (String name : List.of("sanlock", "virt-sanlock-cleanup")) {
      stage.copy(packaging.resolve("bin/" + name), place("/usr/sbin/" + name), Stage.RUN);
    }
  }

  /** Where a file is: in the product's own directory if its name is one that others may own. */
  private static String place(String path) {
    return SHARED_NAMES.contains(path) ? HOME + path.substring("/usr".length()) : path;
  }

  private void sharedNames() throws IOException {
    for (String name : SHARED_NAMES) {
      Path fromFile = Path.of(name).relativize(Path.of(place(name)));
      stage.link(name, fromFile.subpath(1, fromFile.getNameCount()).toString());
    }
  }

  private void units() throws IOException {
    for (String unit :
        List.of(
            "leasehold.service",
            "leasehold-sanlock.socket",
            "leasehold-cleanup.service",
            "leasehold-cleanup.timer")) {
      stage.copy(
          packaging.resolve("systemd/" + unit), "/usr/lib/systemd/system/" + unit, Stage.READ);
    }
    stage.copy(
        packaging.resolve("systemd/virtlockd.socket.conf"),
        HOME + "/virtlockd.socket.conf",
        Stage.READ);
  }

  private void documents() throws IOException {
    for (Map.Entry<String, String> page : new ManPages(sources, release).all().entrySet()) {
      String section = page.getKey().substring(page.getKey().lastIndexOf('.') + 1);
      stage.compressed(
          place("/usr/share/man/man" + section + "/" + page.getKey() + ".gz"), page.getValue());
    }
    stage.copy(packaging.resolve("doc/copyright"), DOC + "/copyright", Stage.READ);
    stage.compressed(DOC + "/changelog.gz", changelog());
    stage.copy(sources.resolve("NOTICE"), DOC + "/NOTICE", Stage.READ);
    for (String name : FOR_OPERATORS) {
      Path document = sources.resolve("docs/" + name);
      if (name.endsWith(".md")) {
        String page = InstalledPage.of(Files.readString(document), FOR_OPERATORS);
        stage.text(DOC + "/" + name, Stage.READ, page);
      } else {
        stage.copy(document, DOC + "/" + name, Stage.READ);
      }
    }
  }

  /** The one for qemu-sanlock.conf has the name of libvirt's own, which its package owns. */
  private static boolean isOurLens(Path file) {
    return file.toString().endsWith("leasehold.aug");
  }

  private void lenses() throws IOException {
    Path lenses = sources.resolve("libvirt/src/main/augeas");
    if (!Files.isDirectory(lenses)) {
      return;
    }
    try (Stream<Path> files = Files.walk(lenses)) {
      for (Path file : files.filter(Product::isOurLens).sorted().toList()) {
        stage.copy(file, "/usr/share/augeas/lenses/" + lenses.relativize(file), Stage.READ);
      }
    }
  }

  private String changelog() {
    String date =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .format(release.time().atOffset(ZoneOffset.UTC));
    return "leasehold ("
        + release.version()
        + ") unstable; urgency=medium\n\n"
        + "  * See CHANGELOG.md in the sources.\n\n"
        + " -- "
        + Control.MAINTAINER
        + "  "
        + date
        + "\n";
  }

  private void shared() throws IOException {
    Completion completion = new Completion(dev.leasehold.cli.Main.specs());
    stage.text("/usr/share/bash-completion/completions/leasehold", Stage.READ, completion.bash());
    stage.text("/usr/share/zsh/site-functions/_leasehold", Stage.READ, completion.zsh());
    stage.copy(
        packaging.resolve("deb/lintian-overrides"),
        "/usr/share/lintian/overrides/leasehold",
        Stage.READ);
    stage.copy(
        sources.resolve("libvirt/src/main/conf/leasehold.conf"), Control.CONFIGURATION, Stage.READ);
    for (String file : List.of("leasehold-alerts.yml", "leasehold-dashboard.json")) {
      stage.copy(
          packaging.resolve("monitoring/" + file),
          "/usr/share/leasehold/monitoring/" + file,
          Stage.READ);
    }
    lenses();
  }
}
