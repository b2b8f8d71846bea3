// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** Entry point of the build step that makes the packages. */
public final class Dist {
  private Dist() {}

  /**
   * Makes {@code TARGET/root} (the installed files), and the packages beside it.
   *
   * @param args root of the sources, target directory, version, time of every file (ISO 8601)
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path sources = Path.of(args[0]);
    Path target = Path.of(args[1]);
    Release release = new Release(args[2], Instant.parse(args[3]), Release.Machine.current());
    Stage stage = Stage.empty(target.resolve("root"), release.time());
    new Product(sources, target, stage, release).lay();
    stage.finish();
    System.out.println(new DebPackage(sources, stage, release).write(target));
    System.out.println(new RpmPackage(sources, stage, release).write(target));
    System.out.printf("installed size %.1f MiB%n", stage.bytes() / 1048576.0);
  }
}
