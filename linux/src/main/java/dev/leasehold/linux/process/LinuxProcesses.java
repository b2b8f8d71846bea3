// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.ProcessCalls;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The processes of this host by pidfd (Linux 5.3 or later). Thread-safe.
 *
 * <p>One thread watches them all; it starts with the first {@link Processes.Handle#onExit}.
 */
public final class LinuxProcesses implements Processes, AutoCloseable {

  private final ExitPoller poller;
  private final Launcher launcher;
  private final Privileges privileges;

  /**
   * @param tasks runs what is to be done when a process has ended
   */
  public LinuxProcesses(Tasks tasks) {
    this(tasks, Privileges.asWeAre());
  }

  /**
   * @param tasks runs what is to be done when a process has ended
   * @param privileges with which signals are sent and programs started
   */
  public LinuxProcesses(Tasks tasks, Privileges privileges) {
    this.poller = new ExitPoller(tasks);
    this.launcher = new Launcher(privileges);
    this.privileges = privileges;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if the kernel has no pidfd, or a sandbox forbids it
   */
  @Override
  public Optional<Handle> find(int pid) {
    if (pid <= 0) {
      return Optional.empty();
    }
    int fd = ProcessCalls.pidfdOpen(pid);
    if (fd < 0) {
      requireNoSuchProcess(-fd, pid);
      return Optional.empty();
    }
    Descriptor pidfd = new Descriptor(fd, DescriptorCalls::close);
    Optional<Handle> handle =
        identify(pid, fd).map(id -> new PidfdHandle(id, pidfd, poller, privileges));
    if (handle.isEmpty()) {
      pidfd.close();
    }
    return handle;
  }

  /**
   * The start time is read after the pidfd was opened, and counts only if the process of the pidfd
   * lived on after that: until then its number was its own, so the time is its own too.
   */
  private static Optional<ProcessId> identify(int pid, int pidfd) {
    OptionalLong startTicks = ProcFile.startTicks(pid);
    return startTicks.isPresent() && PidfdHandle.isAlive(pidfd)
        ? Optional.of(new ProcessId(pid, startTicks.getAsLong()))
        : Optional.empty();
  }

  /** Anything else than "gone" must not look like a process that has ended. */
  private static void requireNoSuchProcess(int errno, int pid) {
    switch (errno) {
      case Errno.ESRCH, Errno.EINVAL, Errno.ENOENT -> {
        // Not there, or the number of a thread that is no process.
      }
      case Errno.ENOSYS, Errno.EPERM ->
          throw new UnsupportedOperationException(
              "processes cannot be watched ("
                  + Errno.describe(errno)
                  + "): Linux 5.3 or later is needed, and a sandbox must permit pidfd_open");
      default ->
          throw new IllegalStateException(
              "process " + pid + " cannot be watched: " + Errno.describe(errno));
    }
  }

  @Override
  public Optional<Handle> find(ProcessId id) {
    Optional<Handle> found = find(id.pid());
    if (found.isPresent() && !found.get().id().equals(id)) {
      found.get().close();
      return Optional.empty();
    }
    return found;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Standard input, output and error are /dev/null. A program that lies on storage that hangs
   * may start late or never: false is returned after {@link Launcher#PATIENCE} then.
   */
  @Override
  public boolean run(List<String> argv) {
    return launcher.start(argv);
  }

  @Override
  public String bootId() {
    return ProcFile.bootId();
  }

  @Override
  public ProcessId self() {
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    long startTicks =
        ProcFile.startTicks(pid)
            .orElseThrow(() -> new IllegalStateException("/proc/" + pid + "/stat cannot be read"));
    return new ProcessId(pid, startTicks);
  }

  /** Stops watching: no action of {@link Processes.Handle#onExit} is run any more. */
  @Override
  public void close() {
    poller.close();
  }
}
