// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFileSystemTest {
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs"})
  void oneThatOnlyThisHostMountsIsLocal(String type) {
    assertThat(LocalFileSystem.isLocal(type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gfs2", "ocfs2", "nfs4", "cifs", "ceph", "fuse.sshfs", "9p", "virtiofs"})
  void oneThatHostsShareIsNot(String type) {
    assertThat(LocalFileSystem.isLocal(type)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "overlay", "autofs", ""})
  void oneInDoubtIsNot(String type) {
    assertThat(LocalFileSystem.isLocal(type)).isFalse();
  }
}
