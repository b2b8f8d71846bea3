// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.leasehold.storage.Block;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockPoolTest {

  private final BlockPool pool = new BlockPool(64 * 1024);

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 4608, 34 * 512, 1 << 20, 8 << 20})
  void lendsZeroedPageAlignedMemory(int length) {
    try (Block block = pool.lend(length)) {
      assertThat(block.length()).isEqualTo(length);
      assertThat(block.bytes().byteSize()).isEqualTo(length);
      assertThat(block.bytes().address() % 4096).isZero();
      assertThat(block.bytes().mismatch(MemorySegment.ofArray(new byte[length]))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -512, 511, 4095, (8 << 20) + 512})
  void refusesOtherLengths(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pool.lend(length))
        .withMessageContaining(Integer.toString(length));
  }

  @Test
  void reusesMemoryAndZeroesItAgain() {
    long address;
    try (Block block = pool.lend(4096)) {
      address = block.bytes().address();
      block.bytes().fill((byte) 0xFF);
    }
    try (Block block = pool.lend(1024)) {
      assertThat(block.bytes().address()).isEqualTo(address);
      assertThat(block.bytes().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }
  }

  @Test
  void aBlockIsGivenBackOnceHoweverOftenItIsClosed() {
    Block block = pool.lend(4096);
    block.close();
    block.close();
    assertThat(pool.idleBytes()).isEqualTo(4096);
    try (Block a = pool.lend(4096);
        Block b = pool.lend(4096)) {
      block.close();
      assertThat(a.bytes().address()).isNotEqualTo(b.bytes().address());
      assertThat(pool.idleBytes()).isZero();
    }
  }

  @Test
  void aClosedBlockIsNotUsed() {
    PooledBlock block = pool.lend(4096);
    block.close();
    assertThatIllegalStateException().isThrownBy(block::bytes).withMessageContaining("closed");
    assertThatIllegalStateException().isThrownBy(block::begin).withMessageContaining("closed");
  }

  @Test
  void aBlockInFlightIsItsTransfers() {
    PooledBlock block = pool.lend(4096);
    block.begin();
    assertThatIllegalStateException().isThrownBy(block::bytes).withMessageContaining("in flight");
    assertThatIllegalStateException().isThrownBy(block::begin).withMessageContaining("in flight");
    block.end();
    assertThat(block.bytes().byteSize()).isEqualTo(4096);
    block.close();
  }

  @Test
  void aBlockClosedInFlightIsGivenBackWhenTheTransferEnds() {
    PooledBlock block = pool.lend(4096);
    block.begin();
    block.close();
    assertThat(pool.idleBytes()).isZero();
    assertThatIllegalStateException().isThrownBy(block::bytes).withMessageContaining("closed");
    block.end();
    assertThat(pool.idleBytes()).isEqualTo(4096);
    block.close();
    assertThat(pool.idleBytes()).isEqualTo(4096);
  }

  @Test
  void keepsNoMoreThanItsBoundAndUnmapsTheRest() {
    PooledBlock small = pool.lend(32 * 1024);
    PooledBlock large = pool.lend(64 * 1024);
    MemorySegment unmapped = large.bytes();
    small.close();
    large.close();
    assertThat(pool.idleBytes()).isEqualTo(32 * 1024);
    // Memory that went back to the system is not touched by whoever still refers to it.
    assertThatIllegalStateException().isThrownBy(() -> unmapped.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void trimGivesAllIdleMemoryBack() {
    PooledBlock kept = pool.lend(4096);
    pool.lend(8192).close();
    pool.trim();
    assertThat(pool.idleBytes()).isZero();
    kept.bytes().fill((byte) 1);
    kept.close();
    assertThat(pool.idleBytes()).isEqualTo(4096);
  }
}
