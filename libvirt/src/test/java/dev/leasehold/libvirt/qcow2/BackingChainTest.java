// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.libvirt.qcow2.ChainLink.Backing;
import dev.leasehold.libvirt.qcow2.ChainLink.Data;
import dev.leasehold.libvirt.qcow2.ChainLink.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackingChainTest {
  @TempDir Path directory;

  @BeforeEach
  void makeBase() throws IOException {
    Files.write(directory.resolve("base.raw"), new byte[4096]);
  }

  private String path(String name) {
    return directory + "/" + name;
  }

  private void write(String name, Qcow2 image) throws IOException {
    Files.write(directory.resolve(name), image.bytes());
  }

  private List<ChainLink> below(String name) throws ImageException {
    return BackingChain.below(path(name), Optional.empty());
  }

  @Test
  void aRawImageHasNothingBelow() throws Exception {
    assertThat(below("base.raw")).isEmpty();
    Files.write(directory.resolve("short"), new byte[] {'Q', 'F'});
    assertThat(below("short")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aChainFromTheTopDown(int version) throws Exception {
    write("mid.qcow2", Qcow2.version(version).backing(path("base.raw")).format("raw"));
    write("top.qcow2", Qcow2.version(version).backing("mid.qcow2").format("qcow2"));
    assertThat(below("top.qcow2"))
        .containsExactly(new Backing(path("mid.qcow2")), new Backing(path("base.raw")));
  }

  @Test
  void relativeNamesStartAtTheImageThatHasThem() throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    write("mid.qcow2", Qcow2.version(3).backing("base.raw"));
    write("sub/top.qcow2", Qcow2.version(3).backing("../mid.qcow2"));
    assertThat(below("sub/top.qcow2"))
        .containsExactly(
            new Backing(path("sub/../mid.qcow2")), new Backing(path("sub/../base.raw")));
  }

  @Test
  void aDeclaredRawImageIsNotLookedInto() throws Exception {
    write("evil.raw", Qcow2.version(3).backing("/etc/passwd"));
    write("top.qcow2", Qcow2.version(3).backing("evil.raw").format("raw"));
    assertThat(below("top.qcow2")).containsExactly(new Backing(path("evil.raw")));
    assertThat(BackingChain.below(path("evil.raw"), Optional.of("raw"))).isEmpty();
  }

  @Test
  void jsonNames() throws Exception {
    write(
        "top.qcow2",
        Qcow2.version(3)
            .backing(
                "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\""
                    + path("base.raw").replace("/", "\\/")
                    + "\",\"x\":[1,true]}}"));
    assertThat(below("top.qcow2")).containsExactly(new Backing(path("base.raw")));
    write(
        "flat.qcow2",
        Qcow2.version(3)
            .backing(
                "json:{\"driver\":\"raw\",\"file.driver\":\"file\",\"file.filename\":\"base.raw\"}"));
    assertThat(below("flat.qcow2")).containsExactly(new Backing(path("base.raw")));
    String nbd = "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"nbd\",\"host\":\"h\"}}";
    write("net.qcow2", Qcow2.version(3).backing(nbd));
    assertThat(below("net.qcow2")).containsExactly(new Remote(nbd));
  }

  @Test
  void protocols() throws Exception {
    write("a.qcow2", Qcow2.version(3).backing("nbd://host/export"));
    assertThat(below("a.qcow2")).containsExactly(new Remote("nbd://host/export"));
    write("b.qcow2", Qcow2.version(3).backing("file:base.raw"));
    assertThat(below("b.qcow2")).containsExactly(new Backing(path("base.raw")));
    Files.createSymbolicLink(directory.resolve("x:y"), Path.of("base.raw"));
    write("c.qcow2", Qcow2.version(3).backing("./x:y"));
    assertThat(below("c.qcow2")).containsExactly(new Backing(path("./x:y")));
  }

  @Test
  void dataFilesAreWrittenOnlyAtTheTop() throws Exception {
    write("mid.qcow2", Qcow2.version(3).dataFile("mid.data").backing("base.raw"));
    write("top.qcow2", Qcow2.version(3).dataFile("top.data").backing("mid.qcow2"));
    assertThat(below("top.qcow2"))
        .containsExactly(
            new Data(path("top.data")),
            new Backing(path("mid.qcow2")),
            new Backing(path("mid.data")),
            new Backing(path("base.raw")));
  }

  @Test
  void loopsAndEndlessChains() throws Exception {
    write("a.qcow2", Qcow2.version(3).backing("b.qcow2"));
    write("b.qcow2", Qcow2.version(3).backing("link"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("a.qcow2"));
    assertThatThrownBy(() -> below("a.qcow2"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("is a loop");
    for (int i = 0; i < 201; i++) {
      write("n" + i, Qcow2.version(3).backing("n" + (i + 1)));
    }
    assertThatThrownBy(() -> below("n0")).hasMessageContaining("more than 200 images");
  }

  @Test
  void whatIsMissingOrNoFile() throws Exception {
    write("top.qcow2", Qcow2.version(3).backing("gone.qcow2"));
    assertThatThrownBy(() -> below("top.qcow2")).hasMessageContaining("gone.qcow2 in its backing");
    write("dir.qcow2", Qcow2.version(3).backing("."));
    assertThatThrownBy(() -> below("dir.qcow2")).hasMessageContaining("neither a file nor");
    write("raw.qcow2", Qcow2.version(3).backing("base.raw").format("qcow2"));
    assertThatThrownBy(() -> below("raw.qcow2")).hasMessageContaining("no qcow2 header");
    write("vmdk.qcow2", Qcow2.version(3).backing("base.raw").format("vmdk"));
    assertThatThrownBy(() -> below("vmdk.qcow2")).hasMessageContaining("may have backing files");
  }

  @Test
  void malformedHeaders() throws Exception {
    Qcow2 good = Qcow2.version(3).backing("base.raw");
    check(good.with(4, 9), "version 9");
    check(good.with(20, 40), "cluster size");
    check(good.with(16, 5000), "impossible length");
    check(good.with(16, 0), "impossible length");
    check(good.with(8, 0x7fffffff), "outside of the header cluster");
    check(good.with(12, 0x7fffffff), "outside of the header cluster");
    check(good.with(100, 104 + 3), "header length");
    check(good.with(72, 0x80000000), "incompatible features");
    check(good.with(76, 4), "does not say in which");
    check(good.with(108, 0x7fffffff).with(104, 0xe2792aca), "reaches beyond");
    check(Qcow2.version(3).backing("a\0b"), "NUL");
    check(Qcow2.version(3).backing("json:{"), "malformed");
    check(Qcow2.version(3).backing("json:" + "[".repeat(900)), "malformed");
    check(Qcow2.version(3).backing("json:[1]"), "malformed");
  }

  private void check(Qcow2 image, String words) throws IOException {
    write("bad.qcow2", image);
    assertThatThrownBy(() -> below("bad.qcow2"))
        .as(words)
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("bad.qcow2");
  }

  @Test
  void aHostileHeaderIsAnErrorAtWorst() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] good = Qcow2.version(3).backing("base.raw").format("raw").dataFile("d").bytes();
    Path file = directory.resolve("fuzz.qcow2");
    for (int i = 0; i < 2000; i++) {
      byte[] bad =
          java.util.Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(300) : good.length);
      for (int j = random.nextInt(6); j >= 0 && bad.length > 0; j--) {
        bad[random.nextInt(Math.min(bad.length, 300))] = (byte) random.nextInt();
      }
      Files.write(file, bad);
      try {
        assertThat(below("fuzz.qcow2")).as("seed %d", seed).isNotNull();
      } catch (ImageException e) {
        assertThat(e).as("seed %d", seed).hasMessageStartingWith("image ");
      }
    }
  }
}
