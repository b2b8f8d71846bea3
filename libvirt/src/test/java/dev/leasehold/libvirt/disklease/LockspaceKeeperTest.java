// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LeaseManager;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.SystemAccounts;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.linux.VirtualTasks;
import dev.leasehold.linux.io.LinuxStorage;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockspaceKeeperTest {
  @TempDir private Path directory;

  private final CountDownLatch attempts = new CountDownLatch(2);
  private final List<String> log = new CopyOnWriteArrayList<>();

  /** One that fails at the first attempt to join as only a fault of ours would. */
  private LeaseManager faulty() {
    return (LeaseManager)
        Proxy.newProxyInstance(
            LeaseManager.class.getClassLoader(),
            new Class<?>[] {LeaseManager.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "lockspaces" -> {
                    attempts.countDown();
                    if (attempts.getCount() == 1) {
                      throw new IllegalStateException("a fault");
                    }
                    yield List.of();
                  }
                  case "lockspace" -> Optional.empty();
                  case "addListener", "removeListener" -> null;
                  default -> throw new AssertionError(method);
                });
  }

  @Test
  void aFaultOfOursDoesNotEndTheAttempts() throws Exception {
    String text = "disk_lease_dir = \"" + directory.resolve("none") + "\"\n";
    LeaseholdConfig config =
        ConfigFiles.of(
                ConfFile.parse("l.conf", text.getBytes(StandardCharsets.UTF_8)),
                ConfFile.empty("q.conf"),
                new SystemAccounts())
            .config();
    VirtualTasks tasks =
        new VirtualTasks(new LinuxClock(), (task, failure) -> log.add(task + " ended: " + failure));
    try (LockspaceKeeper keeper =
        new LockspaceKeeper(
            faulty(),
            new LinuxStorage(),
            tasks,
            config,
            directory.resolve("state"),
            (_, line) -> log.add(line))) {
      keeper.start();
      assertThat(attempts.await(2, TimeUnit.MINUTES)).as("%s", log).isTrue();
    }
    assertThat(log).anyMatch(line -> line.contains("internal error") && line.contains("a fault"));
  }
}
