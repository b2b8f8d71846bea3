// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.libvirt;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Parser;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.Lease;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LeaseSession;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A lease directory with another host in it, for commands that are run in this process. */
final class LeaseGround implements AutoCloseable {
  static final int IO_TIMEOUT = 2;

  private final Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final LeaseManager other;
  private final LeaseSession guests;

  /** Makes the lockspace and has the other host join it. */
  LeaseGround(Path home) throws IOException, LeaseException {
    this.directory = Files.createDirectory(home.resolve("leases"));
    this.other = HostPorts.engine(EngineConfig.of(Name.of("other-host")).withIoTimeout(IO_TIMEOUT));
    Name name = Name.of(LeaseholdConfig.LOCKSPACE);
    String path = file(LeaseholdConfig.LOCKSPACE).toString();
    other.createLockspace(new LockspaceFormat(name, path, 0, Geometry.SECTOR_512, IO_TIMEOUT));
    other.addLockspace(
        name, path, 0, AutoHostId.ANY, JoinOptions.DEFAULT.withIoTimeout(IO_TIMEOUT));
    this.guests = other.session(HolderLabel.command("guests of the other host"));
  }

  Path directory() {
    return directory;
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** The file of a disk's lease. */
  Path lease(String disk) {
    return file(LeaseName.ofPath(disk));
  }

  /** A lease that the other host holds; says its name. */
  String held(String disk) throws Exception {
    acquire(disk);
    awaitNote(disk);
    return LeaseName.ofPath(disk);
  }

  /** A lease that the other host held last; says its name. */
  String free(String disk) throws Exception {
    Lease lease = acquire(disk);
    awaitNote(disk);
    lease.release();
    return LeaseName.ofPath(disk);
  }

  /** The holder's note, which names the disk, follows the grant. */
  private void awaitNote(String disk) throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!Files.readString(lease(disk), StandardCharsets.ISO_8859_1).contains(disk)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the lease of " + disk + " has no note");
      }
      Thread.sleep(20);
    }
  }

  private Lease acquire(String disk) throws LeaseException {
    ResourceLocation where =
        ResourceLocation.of(
            ResourceId.of(LeaseholdConfig.LOCKSPACE, LeaseName.ofPath(disk)),
            DiskLocation.of(lease(disk).toString()));
    return guests.acquire(
        LeaseRequest.of(where, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT).forDisk(disk));
  }

  /** Runs a command as it is registered. */
  int run(Command command, String... arguments) throws UsageException, Failure {
    return command.run(Parser.parse(command.spec(), List.of(arguments)), newTerminal());
  }

  /** One that has seen nothing yet. */
  Terminal newTerminal() {
    out.reset();
    err.reset();
    return new Terminal(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false);
  }

  /** What the last command answered. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    other.close();
  }
}
