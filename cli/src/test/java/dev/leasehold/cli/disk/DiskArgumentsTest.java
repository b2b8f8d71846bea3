// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.args.Arguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskArgumentsTest {
  private static List<Disk> disks(Identity identity, String... arguments) throws Exception {
    Arguments parsed =
        new Arguments(Map.of("disk", List.of(arguments)), List.of(), List.of("true"));
    return new DiskArguments(Path.of("/work dir"), identity).of(parsed);
  }

  @Test
  void theLeaseNameIsTheOneOfLibvirt() {
    // docs/spec/libvirt-sanlock.md section 4.
    assertThat(Disk.leaseName("/var/lib/libvirt/images/one.raw"))
        .isEqualTo("d7949bb37ac3985ff17eb803504a40f4");
  }

  @Test
  void suffixesAndColons() throws Exception {
    assertThat(disks(Identity.PATH, "/a:b", "/c:shared", "/d:x:ro", "/e:rw", "/f:shared:ro"))
        .containsExactly(
            new Disk("/a:b", DiskMode.EXCLUSIVE),
            new Disk("/c", DiskMode.SHARED),
            new Disk("/d:x", DiskMode.READ_ONLY),
            new Disk("/e:rw", DiskMode.EXCLUSIVE),
            new Disk("/f:shared", DiskMode.READ_ONLY));
  }

  @Test
  void exactPathsHaveNoSuffix() throws Exception {
    Arguments parsed =
        new Arguments(Map.of("disk-exact", List.of("/a:ro")), List.of(), List.of("true"));
    assertThat(new DiskArguments(Path.of("/"), Identity.PATH).of(parsed))
        .containsExactly(new Disk("/a:ro", DiskMode.EXCLUSIVE));
  }

  @Test
  void absolutePathsStayAsTheyAreForLibvirtNamesThemSo() throws Exception {
    assertThat(disks(Identity.PATH, "/a//b", "/a/./c/", "/a/../d"))
        .extracting(Disk::path)
        .containsExactly("/a//b", "/a/./c/", "/a/../d");
  }

  @Test
  void relativePathsAreBelowTheWorkingDirectory() throws Exception {
    assertThat(disks(Identity.PATH, "a", "./b//c", "x/../d"))
        .extracting(Disk::path)
        .containsExactly("/work dir/a", "/work dir/b/c", "/work dir/x/../d");
  }

  @Test
  void canonicalResolvesLinks(@TempDir Path directory) throws Exception {
    Path disk = Files.createFile(directory.resolve("disk"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), disk);
    assertThat(disks(Identity.CANONICAL, link + ":shared"))
        .containsExactly(new Disk(disk.toRealPath().toString(), DiskMode.SHARED));
  }
}
