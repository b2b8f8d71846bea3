// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lease names of awkward disk paths are those that libvirt's real plugin makes: it takes the
 * text of the XML as it stands (docs/spec/libvirt-sanlock.md 4).
 */
@Tag("lab")
class LeaseNamesLabTest {
  private static final String IMAGES = "/var/lib/libvirt/images/";

  /** The plugin takes eight leases for a guest. */
  private static final int DISKS_OF_A_GUEST = 8;

  /** Below the directory of images. */
  private static final List<String> NAMES =
      List.of(
          "plain.raw",
          "with space.raw",
          " blanks at both ends ",
          "umläut-漢字-é.raw",
          "e\u0301.raw",
          "\uD83D\uDC27.raw",
          "l".repeat(251) + ".raw",
          ("d".repeat(200) + "/").repeat(3) + "deep.raw",
          "/double.raw",
          "./dot.raw",
          "sub/../dotdot.raw",
          "sub/.././/sub///many.raw",
          "...three.raw",
          ".hidden",
          "per%20cent%s%n.raw",
          "quote'.raw",
          "dquote\".raw",
          "amp&lt<gt>.raw",
          "back\\slash\\n.raw",
          "colon:1.raw",
          "comma,x=1,,y.raw",
          "semi;colon#hash.raw",
          "UPPER.RAW",
          "plus+eq=tilde~.raw",
          "{brace}[bracket]*?.raw",
          "$dollar`tick!.raw",
          "tab\there.raw",
          "line\nbreak.raw",
          "link.raw",
          "linked/inside.raw");

  private static final List<String> ELSEWHERE =
      List.of(
          "//var/lib/libvirt/images/slashes.raw", "/var/lib/../lib/libvirt/images/climbing.raw");

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ALWAYS)
  private Path directory;

  @BeforeAll
  static void programs() {
    LibvirtLab.require();
  }

  @Test
  void awkwardPathsHaveTheNamesThatTheRealPluginGivesThem() throws Exception {
    List<String> disks =
        java.util.stream.Stream.concat(
                NAMES.stream().map(name -> IMAGES + name), ELSEWHERE.stream())
            .toList();
    Map<String, String> expected = new TreeMap<>();
    disks.forEach(disk -> expected.put(LeaseName.ofPath(disk), disk));
    assertThat(expected).hasSameSizeAs(disks);
    try (LibvirtLab lab = new LibvirtLab(directory, Map.of())) {
      lab.up("sanlock,nop");
      images(lab, disks);
      for (int from = 0; from < disks.size(); from += DISKS_OF_A_GUEST) {
        String guest = "names" + from;
        List<String> some = disks.subList(from, Math.min(disks.size(), from + DISKS_OF_A_GUEST));
        define(lab, guest, some);
        lab.start("a", guest).succeeded();
        lab.destroy("a", guest);
      }
      // QEMU does not open a directory, but the plugin has made the lease by then.
      String slash = IMAGES + "sub/";
      define(lab, "slash", List.of(slash));
      lab.start("a", "slash").failed();
      expected.put(LeaseName.ofPath(slash), slash);
      try (var files = Files.list(lab.leases())) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .filteredOn(name -> !name.equals(LeaseholdConfig.LOCKSPACE))
            .containsExactlyInAnyOrderElementsOf(expected.keySet());
      }
    }
  }

  /** By a script: what this JVM takes for a file name depends on the locale. */
  private void images(LibvirtLab lab, List<String> disks) throws IOException {
    String script =
        "set -e; cd "
            + IMAGES
            + "\nmkdir -p sub target "
            + ("d".repeat(200) + "/").repeat(3)
            + "\nln -s target linked; ln -s plain.raw link.raw\n"
            + disks.stream()
                .map(disk -> "truncate -s 1M " + quoted(disk))
                .collect(Collectors.joining("\n"))
            + "\n";
    Path file = Files.writeString(directory.resolve("images.sh"), script);
    lab.on("a", "bash", file.toString()).succeeded();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private void define(LibvirtLab lab, String guest, List<String> disks) throws IOException {
    StringBuilder xml =
        new StringBuilder("<domain type='qemu'><name>" + guest + "</name><memory>65536</memory>")
            .append("<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>")
            .append("<emulator>/var/lib/libvirt/qemu-lab</emulator>");
    char target = 'a';
    for (String disk : disks) {
      xml.append("<disk type='file'><driver name='qemu' type='raw'/><source file='")
          .append(escaped(disk))
          .append("'/><target dev='vd" + target++ + "' bus='virtio'/></disk>\n");
    }
    xml.append("<controller type='usb' model='none'/><memballoon model='none'/>")
        .append("</devices></domain>");
    Path file = Files.writeString(directory.resolve(guest + ".xml"), xml);
    lab.virsh("a", "define", file.toString()).succeeded();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("'", "&apos;")
        .replace("\n", "&#10;")
        .replace("\t", "&#9;");
  }
}
