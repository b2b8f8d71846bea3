// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfFileTest {
  static List<ConfSamples.Sample> samples() {
    return ConfSamples.ALL;
  }

  @ParameterizedTest
  @MethodSource("samples")
  void acceptsAndRefusesWhatLibvirtDoes(ConfSamples.Sample sample) throws ConfException {
    if (sample.refusal().isEmpty()) {
      assertThat(ConfFile.parse("f", sample.content()).name()).isEqualTo("f");
    } else {
      assertThatThrownBy(() -> ConfFile.parse("f", sample.content()))
          .isInstanceOf(ConfException.class)
          .hasMessageStartingWith("f:" + sample.refusal().get() + "; accepted is ");
    }
  }

  private static List<ConfFile.Setting> parse(String text) throws ConfException {
    return ConfFile.parse("f", text.getBytes(StandardCharsets.UTF_8)).settings();
  }

  @Test
  void keepsValuesAndLines() throws ConfException {
    List<ConfFile.Setting> settings =
        parse("a = 003 # x\n\nb='it\"s'; c = \"\"\"\"u\nv\"\"\"\nd = [ -1, [\"ä\"], ]\r\ne = +7");
    assertThat(settings)
        .containsExactly(
            new ConfFile.Setting("a", new ConfValue.Whole(3, false), 1),
            new ConfFile.Setting("b", new ConfValue.Text("it\"s"), 3),
            new ConfFile.Setting("c", new ConfValue.Text("\"u\nv"), 3),
            new ConfFile.Setting(
                "d",
                new ConfValue.Items(
                    List.of(
                        new ConfValue.Whole(-1, true),
                        new ConfValue.Items(List.of(new ConfValue.Text("ä"))))),
                5),
            new ConfFile.Setting("e", new ConfValue.Whole(7, false), 6));
  }

  @Test
  void refusesWhereLibvirtGoesWrongSilently() {
    assertThatThrownBy(() -> parse("x = 9223372036854775808"))
        .hasMessage("f:1: number out of range; accepted is at most 63 bits");
    assertThatThrownBy(() -> ConfFile.parse("f", new byte[] {'x', '=', '"', (byte) 0xff, '"'}))
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> parse("x = " + "[".repeat(100_000) + "]".repeat(100_000)))
        .isInstanceOf(ConfException.class)
        .hasMessageContaining("at most 64 deep");
  }

  @Test
  void neverFailsOtherwise() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] alphabet = "ax_1 \t\n\r;#\"'[],=+-\0\f".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 50_000; i++) {
      byte[] content = new byte[random.nextInt(24)];
      for (int j = 0; j < content.length; j++) {
        content[j] = alphabet[random.nextInt(alphabet.length)];
      }
      try {
        assertThat(ConfFile.parse("f", content).settings()).as("seed %d", seed).isNotNull();
      } catch (ConfException e) {
        assertThat(e.line()).as("seed %d", seed).isPresent();
      }
    }
  }

  @Test
  void aMissingFileIsNoErrorAndADirectoryIs(@TempDir Path directory) throws Exception {
    assertThat(ConfFile.read(directory.resolve("none"))).isEmpty();
    assertThatThrownBy(() -> ConfFile.read(directory))
        .isInstanceOf(ConfException.class)
        .hasMessageStartingWith(directory + ": the file cannot be read");
    Path large = Files.write(directory.resolve("large"), new byte[(10 << 20) + 1]);
    assertThatThrownBy(() -> ConfFile.read(large)).hasMessageContaining("longer than 10 MiB");
  }
}
