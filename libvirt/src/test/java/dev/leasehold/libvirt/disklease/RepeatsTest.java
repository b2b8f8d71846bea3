// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which releases end one of several uses. */
class RepeatsTest {
  private static final Wanted DISK = new Wanted.Disk("/srv/a.raw", false);
  private static final Wanted SHARED = new Wanted.Disk("/srv/s.raw", true);

  private final AtomicLong now = new AtomicLong(1);
  private final Repeats repeats = new Repeats(now::get);

  /** A connection on which that is asked for, which the guest has. */
  private void asks(boolean only, Wanted... all) {
    Asks asks = new Asks();
    for (Wanted wanted : all) {
      asks.add(wanted.key());
      repeats.granted(wanted, true, only, asks);
    }
  }

  @Test
  void withoutASecondUseNothingIsKept() {
    assertThat(repeats.oneEnds(DISK, true)).isFalse();
  }

  @Test
  void anAttachOfTheOnlyDiskIsOverInAMinute() {
    asks(true, DISK);
    now.addAndGet(Repeats.DOUBT.toNanos());
    assertThat(repeats.oneEnds(DISK, true)).isTrue();
    asks(true, DISK);
    now.addAndGet(Repeats.DOUBT.toNanos() + 1);
    assertThat(repeats.oneEnds(DISK, true)).isFalse();
  }

  @Test
  void twoRebootsOfAGuestWithOneDiskNeedNoThreeReleases() {
    asks(true, DISK);
    asks(true, DISK);
    assertThat(repeats.oneEnds(DISK, true)).isTrue();
    assertThat(repeats.oneEnds(DISK, true)).isFalse();
  }

  @Test
  void besideOtherDisksAUseLastsForAsLongAsItLasts() {
    asks(false, DISK);
    asks(false, DISK);
    now.addAndGet(Repeats.DOUBT.toNanos() * 1000);
    assertThat(repeats.oneEnds(DISK, false)).isTrue();
    assertThat(repeats.oneEnds(DISK, false)).isTrue();
    assertThat(repeats.oneEnds(DISK, false)).isFalse();
  }

  @Test
  void aRebootTellsHowManyUsesThereAre() {
    asks(false, DISK);
    asks(false, SHARED);
    // The attach of the disk was lost with libvirtd; the other one is in the XML twice.
    asks(false, DISK, SHARED, SHARED);
    assertThat(repeats.oneEnds(DISK, false)).isFalse();
    assertThat(repeats.oneEnds(SHARED, false)).isTrue();
    assertThat(repeats.oneEnds(SHARED, false)).isFalse();
  }

  @Test
  void sharedUsesAreCounted() {
    asks(true, SHARED);
    asks(true, SHARED);
    now.addAndGet(Repeats.DOUBT.toNanos() * 1000);
    assertThat(repeats.oneEnds(SHARED, true)).isTrue();
    assertThat(repeats.oneEnds(SHARED, true)).isTrue();
    assertThat(repeats.oneEnds(SHARED, true)).isFalse();
  }
}
