// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the source tree, called by a link: in a tree of its own with these classes. */
class LauncherLinkTest {
  @TempDir Path dir;

  @BeforeEach
  void tree() throws IOException {
    Path root = root();
    Path tree = dir.resolve("tree");
    Files.createDirectories(tree.resolve("build"));
    Path library = Files.createDirectories(tree.resolve("cli/target/dist/b/lib"));
    Files.copy(root.resolve("leasehold"), tree.resolve("leasehold"));
    Files.copy(root.resolve("build/find-jdk"), tree.resolve("build/find-jdk"));
    Files.writeString(tree.resolve("cli/target/dist/current"), "b\n");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classes());
    new JarOutputStream(Files.newOutputStream(library.resolve("classes.jar")), manifest).close();
  }

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("mvnw"))) {
        return at;
      }
    }
    throw new IllegalStateException("there is no source tree around this test");
  }

  /** The class path of this test, as a manifest takes it. */
  private static String classes() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toUri().toString())
        .collect(Collectors.joining(" "));
  }

  private String run(Path launcher, String... words) throws IOException, InterruptedException {
    List<String> line = Stream.concat(Stream.of(launcher.toString()), Stream.of(words)).toList();
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LEASEHOLD_BUILD", "never");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text + "status " + process.waitFor();
  }

  @Test
  void underTheNameSanlockItIsThatCommand() throws Exception {
    Path bin = Files.createDirectory(dir.resolve("bin"));
    Path link = bin.resolve("sanlock");
    Files.createSymbolicLink(link, Path.of("../tree/leasehold"));
    assertThat(run(link, "direct", "read_leader")).isEqualTo("read_leader done -22\nstatus 1");
    Path second = Files.createDirectory(dir.resolve("sbin")).resolve("sanlock");
    Files.createSymbolicLink(second, link);
    assertThat(run(second, "direct", "bogus"))
        .isEqualTo("direct action \"bogus\" is unknown\nstatus 1");
    // By its own name it is not.
    assertThat(run(dir.resolve("tree/leasehold"), "direct", "bogus"))
        .contains("there is no command \"direct\"")
        .endsWith("status 64");
  }
}
