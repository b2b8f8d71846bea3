// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * A C program with the real libsanlock ({@code src/test/c/story.c}) cannot tell the daemons apart.
 */
class CProgramTest {
  private Lab lab;

  @BeforeEach
  void open() {
    Lab.needsSanlock();
    if (Programs.find("gcc").isEmpty() || !Files.exists(Path.of("/usr/include/sanlock.h"))) {
      throw new TestAbortedException("gcc or libsanlock is missing (gcc, libsanlock-dev)");
    }
    lab = Lab.open();
  }

  @AfterEach
  void close() {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void libsanlockIsToldTheSameByBoth() throws Exception {
    Path program = compiled();
    List<String> theirs = tell(program, lab.daemon("host-a"), "c");
    List<String> ours = tell(program, lab.ourDaemon("host-a"), "j");
    assertThat(ours).isEqualTo(theirs);
    // The story was told to its end, and most of it was granted.
    assertThat(theirs).last().isEqualTo("acquire after: -28");
    assertThat(theirs).filteredOn(line -> line.endsWith(": 0")).hasSizeGreaterThan(25);
  }

  private Path compiled() {
    Path program = lab.path("story");
    Programs.Result result =
        Programs.run(
            Map.of(),
            List.of(
                "gcc",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                program.toString(),
                Checkout.file("interop/src/test/c/story.c").toString(),
                "-lsanlock_client"));
    assertThat(result.status()).as(result.output()).isZero();
    return program;
  }

  private List<String> tell(Path program, SanlockDaemon daemon, String name) throws IOException {
    Path home = Files.createDirectories(lab.path(name));
    Lab.sparse(home.resolve("ls"), 16 << 20);
    Lab.sparse(home.resolve("res"), 16 << 20);
    Programs.Result result =
        Programs.run(daemon.environment(), List.of(program.toString(), home.toString()));
    assertThat(result.status()).as(result.output()).isZero();
    return result.output().lines().toList();
  }
}
