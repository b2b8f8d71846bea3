// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of programs of ours in a JVM of their own, on this JVM and class path. */
public final class OurJvm {

  /** As {@code ./leasehold} starts the JVM. */
  public static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xmx64m",
          "--enable-native-access=ALL-UNNAMED");

  private OurJvm() {}

  /** The program, the flags, our class path, the main class, then {@code arguments}. */
  public static List<String> command(String mainClass, List<String> arguments) {
    return on(System.getProperty("java.class.path"), mainClass, arguments);
  }

  /** Likewise, on another class path. */
  public static List<String> on(String classPath, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }
}
