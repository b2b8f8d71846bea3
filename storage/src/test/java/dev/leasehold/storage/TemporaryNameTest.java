// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TemporaryNameTest {

  @Test
  void isRecognisedAndHidden() {
    assertThat(TemporaryName.of(-1)).isEqualTo(".leasehold-ffffffffffffffff.tmp");
    assertThat(TemporaryName.is(TemporaryName.of(0))).isTrue();
  }

  @Test
  void isUnlikeNamesOfLeaseFiles() {
    assertThat(TemporaryName.is("__LIBVIRT__DISKS__")).isFalse();
    assertThat(TemporaryName.is("d41d8cd98f00b204e9800998ecf8427e")).isFalse();
    assertThat(TemporaryName.is("x.leasehold-0.tmp")).isFalse();
    assertThat(TemporaryName.is(".leasehold-0.tmp.bak")).isFalse();
  }
}
