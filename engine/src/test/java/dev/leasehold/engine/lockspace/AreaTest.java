// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceOnDisk;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Formatting and reading lockspace areas that nobody has joined. */
class AreaTest {

  @Test
  void whatIsFormattedCanBeReadAndJoined() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          lab.storage.create("/new", new byte[2 << 20]);
          host.lockspaces.formatLockspace(
              new LockspaceFormat(Name.of("NEW"), "/new", 1 << 20, Geometry.SECTOR_512, 2));
          assertThat(read(host, "/new", 1 << 20, 0, "NEW"))
              .isEqualTo(new LockspaceOnDisk(Name.of("NEW"), Geometry.SECTOR_512, 2));
          assertThat(read(host, "/new", 1 << 20, 2000, "").ioTimeout()).isEqualTo(2);
          host.lockspaces.addLockspace(
              new LockspaceSpec(Name.of("NEW"), 5, "/new", 1 << 20),
              dev.leasehold.engine.JoinOptions.DEFAULT.withIoTimeout(2));
          assertThat(
                  codeOf(
                      () ->
                          host.lockspaces.formatLockspace(
                              new LockspaceFormat(
                                  Name.of("NEW"), "/new", 1 << 20, Geometry.SECTOR_512, 2))))
              .isEqualTo(ErrorCode.EBUSY);
          assertThat(lab.storage.openStores()).isEqualTo(1);
        });
  }

  @Test
  void aNewFileAppearsOnceAndIsNeverOverwritten() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          LockspaceFormat format =
              new LockspaceFormat(Name.of("NEW"), "/new", 0, Geometry.SECTOR_512, 2);
          assertThat(host.lockspaces.createLockspace(format)).isTrue();
          assertThat(lab.storage.content("/new")).isEqualTo(Lab.area(Name.of("NEW"), 2));
          host.lockspaces.addLockspace(
              LockspaceSpec.of("NEW", 1, "/new"),
              dev.leasehold.engine.JoinOptions.DEFAULT.withIoTimeout(2));
          assertThat(host.lockspaces.createLockspace(format)).isFalse();
          assertThat(host.lockspaces.lockspace(Name.of("NEW"))).isPresent();
          lab.storage.once(op -> op.path().equals("/eio"), Fault.EIO);
          assertThat(codeOf(() -> create(host, "/eio", 0))).isEqualTo(ErrorCode.EIO);
          lab.storage.once(op -> op.path().equals("/hang"), Fault.HANG);
          assertThat(codeOf(() -> create(host, "/hang", 0))).isEqualTo(ErrorCode.AIO_TIMEOUT);
          assertThat(codeOf(() -> create(host, "/offset", 512))).isEqualTo(ErrorCode.EINVAL);
        });
  }

  private static void create(TestHost host, String path, long offset)
      throws dev.leasehold.ondisk.LeaseException {
    host.lockspaces.createLockspace(
        new LockspaceFormat(Lab.NAME, path, offset, Geometry.SECTOR_512, 1));
  }

  private static LockspaceOnDisk read(
      TestHost host, String path, long offset, long hostId, String name) throws Exception {
    Optional<Name> expected = name.isEmpty() ? Optional.empty() : Optional.of(Name.of(name));
    return host.lockspaces.readLockspace(path, offset, hostId, expected);
  }

  @Test
  void refusesWhatCannotBeReadOrFormatted() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          lab.storage.create("/zero", new byte[1 << 20]);
          assertThat(codeOf(() -> readCode(host, "/missing", 1, "LS"))).isEqualTo(ErrorCode.ENODEV);
          assertThat(codeOf(() -> readCode(host, "", 1, "LS"))).isEqualTo(ErrorCode.ENODEV);
          assertThat(codeOf(() -> readCode(host, "/zero", 1, "LS")))
              .isEqualTo(ErrorCode.LEADER_MAGIC);
          assertThat(codeOf(() -> readCode(host, Lab.PATH, 1, "other")))
              .isEqualTo(ErrorCode.LEADER_LOCKSPACE);
          assertThat(codeOf(() -> readCode(host, Lab.PATH, 2001, "LS")))
              .isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> format(host, "/missing", 0))).isEqualTo(ErrorCode.ENODEV);
          assertThat(codeOf(() -> format(host, "/zero", 512))).isEqualTo(ErrorCode.EINVAL);
          assertThat(codeOf(() -> format(host, "/zero", 1 << 20))).isEqualTo(ErrorCode.EMSGSIZE);
          assertThat(lab.storage.openStores()).isZero();
        });
  }

  private static void readCode(TestHost host, String path, long hostId, String name)
      throws dev.leasehold.ondisk.LeaseException {
    host.lockspaces.readLockspace(path, 0, hostId, Optional.of(Name.of(name)));
  }

  private static void format(TestHost host, String path, long offset)
      throws dev.leasehold.ondisk.LeaseException {
    host.lockspaces.formatLockspace(
        new LockspaceFormat(Lab.NAME, path, offset, Geometry.SECTOR_512, 1));
  }
}
