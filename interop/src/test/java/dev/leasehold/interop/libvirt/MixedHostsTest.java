// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** One lease directory, hosts of different kinds. */
@Tag("lab")
@ResourceLock(LibvirtLab.MACHINE)
class MixedHostsTest {
  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ALWAYS)
  private Path directory;

  @BeforeAll
  static void programs() {
    LibvirtLab.require();
  }

  @Test
  void theCPluginAndDaemonOnOneHostOursOnTheOther() throws Exception {
    try (LibvirtLab lab = new LibvirtLab(directory, Map.of())) {
      lab.up("sanlock,lockd");
      String disk = lab.disk("one.raw");
      lab.define("a", "c", disk);
      lab.define("b", "ours", disk);
      lab.start("a", "c").succeeded();
      assertThat(lab.start("b", "ours").failed().output())
          .contains("resource busy: disk " + disk + " is in use on host laba (host id 1)");
      lab.destroy("a", "c");
      lab.start("b", "ours").succeeded();
      assertThat(lab.start("a", "c").failed().output()).contains("Lease is held by another host");
      lab.destroy("b", "ours");
      races(lab, 6);
      try (var files = Files.list(lab.leases())) {
        assertThat(files).allMatch(file -> file.toFile().length() == 1 << 20);
      }
    }
  }

  /** A C host that loses a race for a new lease says so in its own words. */
  private static void races(LibvirtLab lab, int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      String disk = lab.disk("race" + round + ".raw");
      lab.define("a", "ra" + round, disk);
      lab.define("b", "rb" + round, disk);
    }
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < rounds; round++) {
        String number = Integer.toString(round);
        List<Callable<LibvirtLab.Result>> starts =
            List.of(() -> lab.start("a", "ra" + number), () -> lab.start("b", "rb" + number));
        List<LibvirtLab.Result> results =
            pool.invokeAll(starts).stream().map(Future::resultNow).toList();
        assertThat(results).as("%s", results).filteredOn(result -> result.code() == 0).hasSize(1);
        String winner = results.getFirst().code() == 0 ? "a" : "b";
        lab.destroy(winner, "r" + winner + number);
      }
    }
  }
}
