// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a look at the processes proves. In a made-up /proc every process has the number of this one,
 * so that it can be pinned.
 */
class RunProcessesTest {
  private static final String OWNER = "kvm1.0123456789ab";
  private static final int KERNEL = 0x0020_8040;
  private static final int USER = 0x0040_0000;

  @TempDir private Path proc;
  private int pauses;
  private Step duringPause = () -> {};

  private interface Step {
    void run() throws IOException;
  }

  private RunProcesses.Found find(Processes processes) {
    Runnable pause =
        () -> {
          pauses++;
          try {
            duringPause.run();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    return new RunProcesses(processes, proc, pause).find(OWNER, Optional.empty());
  }

  private RunProcesses.Found find() {
    return find(HostPorts.processes());
  }

  private static int self() {
    return HostPorts.processes().self().pid();
  }

  private Path process(String state, int flags, int threads, long envStart, long envEnd)
      throws IOException {
    Path entry = Files.createDirectories(proc.resolve(Integer.toString(self())));
    stat(entry, state, flags, threads, envStart, envEnd);
    return entry;
  }

  private static void stat(
      Path entry, String state, int flags, int threads, long envStart, long envEnd)
      throws IOException {
    String[] fields = Collections.nCopies(52, "0").toArray(String[]::new);
    fields[0] = Integer.toString(self());
    fields[1] = "(a ) name)";
    fields[2] = state;
    fields[8] = Integer.toString(flags);
    fields[19] = Integer.toString(threads);
    fields[49] = Long.toString(envStart);
    fields[50] = Long.toString(envEnd);
    Files.writeString(entry.resolve("stat"), String.join(" ", fields) + "\n");
  }

  private static void environment(Path entry, String... lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append('\0');
    }
    Files.write(entry.resolve("environ"), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String mark() {
    return RunProcesses.mark(OWNER);
  }

  private void assertNobody() {
    try (RunProcesses.Found found = find()) {
      assertThat(found.doubt()).isEmpty();
      assertThat(found.nobody()).isTrue();
    }
    assertThat(pauses).isEqualTo(1);
  }

  private void assertInDoubt(RunProcesses.Found found) {
    try (found) {
      assertThat(found.alive()).isEmpty();
      assertThat(found.doubt()).isPresent();
      assertThat(found.nobody()).isFalse();
    }
  }

  private void assertFound() {
    try (RunProcesses.Found found = find()) {
      assertThat(found.alive()).hasSize(1);
      assertThat(found.nobody()).isFalse();
    }
  }

  @Test
  void theMarkIsAWholeLine() throws Exception {
    Path entry = process("S", USER, 1, 10, 20);
    environment(entry, "A=b", mark());
    assertFound();
    environment(entry, "A=b", mark() + "c", "X" + mark());
    assertNobody();
  }

  @Test
  void aProcessThatTheFirstLookMissesIsFound() throws Exception {
    duringPause = () -> environment(process("S", USER, 1, 10, 20), mark());
    assertFound();
    assertThat(pauses).isEqualTo(1);
  }

  @Test
  void aProcessThatIsBeingStartedIsInDoubt() throws Exception {
    environment(process("R", USER, 1, 0, 0));
    assertInDoubt(find());
  }

  @Test
  void aProcessWhoseEnvironmentComesLaterThanTheLookIsInDoubt() throws Exception {
    environment(process("R", USER, 1, 10, 20));
    assertInDoubt(find());
  }

  @Test
  void anEmptyEnvironmentAKernelThreadAndADeadProcessHaveNoMark() throws Exception {
    environment(process("S", USER, 1, 10, 10));
    assertNobody();
    pauses = 0;
    environment(process("S", KERNEL, 1, 0, 0));
    assertNobody();
    pauses = 0;
    environment(process("Z", USER, 1, 0, 0));
    assertNobody();
  }

  @Test
  void aDeadProcessWithALiveThreadIsFound() throws Exception {
    Path entry = process("Z", USER, 2, 0, 0);
    environment(entry);
    Path first = Files.createDirectories(entry.resolve("task").resolve("1"));
    stat(first, "Z", USER, 2, 0, 0);
    environment(first);
    Path second = Files.createDirectories(entry.resolve("task").resolve("2"));
    environment(second, mark());
    assertFound();
  }

  @Test
  void whatCannotBeReadIsInDoubt() throws Exception {
    Path entry = process("S", USER, 1, 10, 20);
    Files.createDirectory(entry.resolve("environ")); // reading it fails with EISDIR
    assertInDoubt(find());
    Files.delete(entry.resolve("stat"));
    Files.createDirectory(entry.resolve("stat"));
    assertInDoubt(find());
  }

  @Test
  void withoutProcThereIsDoubt() throws Exception {
    Files.delete(proc);
    assertInDoubt(find());
    Files.createDirectory(proc);
  }

  @Test
  void aProcessThatCannotBePinnedIsInDoubt() throws Exception {
    environment(process("S", USER, 1, 10, 20), mark());
    assertInDoubt(find(new Unpinnable(true)));
    assertInDoubt(find(new Unpinnable(false)));
  }

  /** As {@code LinuxProcesses} when there are too many open files. */
  private record Unpinnable(boolean loud) implements Processes {
    @Override
    public Optional<Handle> find(int pid) {
      if (loud) {
        throw new IllegalStateException("EMFILE");
      }
      return Optional.empty();
    }

    @Override
    public Optional<Handle> find(ProcessId id) {
      return find(id.pid());
    }

    @Override
    public boolean run(List<String> argv) {
      return false;
    }

    @Override
    public String bootId() {
      return "boot";
    }

    @Override
    public ProcessId self() {
      return new ProcessId(1, 1);
    }
  }
}
