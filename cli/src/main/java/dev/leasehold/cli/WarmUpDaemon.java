// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.linux.Account;
import dev.leasehold.sanlock.client.LeasePlace;
import dev.leasehold.sanlock.client.LeaseWish;
import dev.leasehold.sanlock.client.RegisteredProcess;
import dev.leasehold.sanlock.client.ResourceRef;
import dev.leasehold.sanlock.client.SanlockClient;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The part of {@link WarmUpCommand} that starts a daemon, uses it, and ends it. */
final class WarmUpDaemon {
  private static final int TRIES = 200;

  private WarmUpDaemon() {}

  /** In the directory that SANLOCK_RUN_DIR names; does nothing without one. */
  static void run(Terminal silent) {
    String directory = System.getenv("SANLOCK_RUN_DIR");
    if (directory == null) {
      return;
    }
    try {
      Files.createDirectories(Path.of(directory));
    } catch (IOException e) {
      return;
    }
    Account us = Account.current();
    List<String> line =
        List.of(
            "sanlock",
            "daemon",
            "-D",
            "-w",
            "0",
            "-L",
            "-1",
            "-S",
            "-1",
            "-U",
            Integer.toString(us.uid()),
            "-G",
            Integer.toString(us.gid()));
    Thread daemon = Thread.ofPlatform().daemon().start(() -> Main.run(line, silent));
    for (int i = 0; i < TRIES && client(silent, "gets") != 0; i++) {
      sleep();
    }
    try {
      use(Path.of(directory), silent);
    } catch (IOException | SanlockException e) {
      silent.say("warm-up: " + e.getMessage());
    }
    client(silent, "shutdown", "-f", "1", "-w", "1");
    try {
      daemon.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static void use(Path directory, Terminal silent) throws IOException, SanlockException {
    String lockspace = Files.createFile(directory.resolve("lockspace")).toString();
    String resource = Files.createFile(directory.resolve("resource")).toString();
    client(silent, "init", "-s", "W:0:" + lockspace + ":0", "-o", "1");
    client(silent, "init", "-r", "W:R:" + resource + ":0");
    client(silent, "add_lockspace", "-s", "W:1:" + lockspace + ":0", "-o", "1");
    ResourceRef lease = ResourceRef.of("W", "R", LeasePlace.of(resource));
    try (RegisteredProcess holder = SanlockClient.of(System.getenv()).register()) {
      holder.acquire(LeaseWish.exclusive(lease));
      client(silent, "status", "-D");
      client(silent, "host_status", "-s", "W");
      holder.releaseAll();
    }
    client(silent, "rem_lockspace", "-s", "W:1:" + lockspace + ":0");
  }

  private static int client(Terminal silent, String... words) {
    List<String> line = new ArrayList<>(List.of("sanlock", "client"));
    line.addAll(List.of(words));
    return Main.run(line, silent);
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
