// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.util.List;

/**
 * What the JVM is started with. The common ones are those that the start-up cache was made with:
 * the JVM refuses it for others.
 */
final class Flags {
  /** Every start. */
  static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC", // one collector thread; the heap is small
          "-XX:TieredStopAtLevel=1", // one compiler: the work is input and output
          "-XX:-UsePerfData", // no file in /tmp per start
          "-XX:+UnlockDiagnosticVMOptions", // for the two that follow
          "-XX:ArchiveRelocationMode=0", // the cache's pages stay those of the file: 6 MB less
          "-XX:-AOTRecordTraining", // profiles are for the second compiler; a smaller cache
          "--enable-native-access=ALL-UNNAMED"); // direct I/O, pidfds, watchdog

  /** Making the cache, in addition: half a megabyte of code that is made as fast as it is read. */
  static final List<String> TRAINING = List.of("-XX:-AOTAdapterCaching");

  /** The daemon, in addition; what commands have instead is in the launcher. */
  static final List<String> DAEMON =
      List.of(
          "-Xms4m", // begin small
          "-Xmx96m", // the ceiling: an engine with a hundred lockspaces needs a third of it
          "-XX:MaxMetaspaceSize=64m", // classes: nothing is loaded for ever
          "-XX:ReservedCodeCacheSize=16m", // compiled code, of one compiler
          // Runs a few times at the start; to compile it takes 6 MB that locked memory keeps.
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=exclude,jdk.internal.classfile.impl.StackMapGenerator::*",
          "-XX:+ExitOnOutOfMemoryError"); // better restarted than half alive: leases stay on disk

  private Flags() {}
}
