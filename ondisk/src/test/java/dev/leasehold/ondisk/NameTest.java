// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NameTest {
  private static final String LETTERS_48 = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL";

  private static Name raw(String text) {
    return Name.ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aNameOf48BytesHasNoTerminator() {
    Name name = Name.of(LETTERS_48);
    assertThat(name.length()).isEqualTo(48);
    assertThat(name.toString()).isEqualTo(LETTERS_48);
    assertThat(name.sameName(Name.of(LETTERS_48.substring(1) + "x"))).isFalse();
    Faults.assertRefused(() -> Name.of(LETTERS_48 + "x"));
    Faults.assertRefused(() -> Name.of("ä".repeat(25)));
    assertThat(Name.of("ä".repeat(24)).length()).isEqualTo(48);
  }

  @Test
  void anOwnersNameIsCutTo47() {
    assertThat(Name.ofOwner(LETTERS_48).toString()).isEqualTo(LETTERS_48.substring(0, 47));
    assertThat(Name.ofOwner(LETTERS_48).sameName(Name.of(LETTERS_48))).isFalse();
    assertThat(Name.ofOwner("x".repeat(500)).length()).isEqualTo(47);
    assertThat(Name.ofOwner("host-one")).isEqualTo(Name.of("host-one"));
  }

  @Test
  void whatCannotBeANameIsRefused() {
    Faults.assertRefused(() -> Name.of("a\0b"));
    Faults.assertRefused(() -> Name.ofOwner("a\0b"));
    Faults.assertRefused(() -> Name.of("\uD800"));
    Faults.assertRefused(() -> Name.ofBytes(new byte[49]));
  }

  @Test
  void residueCountsForEqualityButNotForSameness() {
    Name clean = Name.of("h5");
    Name residue = raw("h5\0ther-name");
    assertThat(residue).isNotEqualTo(clean);
    assertThat(residue.sameName(clean)).isTrue();
    assertThat(clean.sameName(residue)).isTrue();
    assertThat(residue.toString()).isEqualTo("h5");
    assertThat(clean.sameName(Name.of("h"))).isFalse();
    assertThat(Name.of("h").sameName(clean)).isFalse();
    assertThat(raw("h5\0ther-name")).isEqualTo(residue).hasSameHashCodeAs(residue);
    assertThat(raw("\0residue").isEmpty()).isTrue();
    assertThat(Name.EMPTY.sameName(raw("\0residue"))).isTrue();
  }

  @Test
  void samenessOnASegmentIsTheSame() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[100]);
    bytes.fill((byte) 'z');
    for (Name stored :
        new Name[] {Name.EMPTY, Name.of("h5"), raw("h5\0x"), Name.of("h"), Name.of(LETTERS_48)}) {
      stored.encode(bytes, 7);
      assertThat(Name.of(bytes, 7)).isEqualTo(stored);
      for (Name other : new Name[] {Name.EMPTY, Name.of("h5"), Name.of("h"), Name.of(LETTERS_48)}) {
        assertThat(other.sameName(bytes, 7)).isEqualTo(other.sameName(stored));
      }
    }
  }

  @Test
  void bytesCannotBeChangedFromOutside() {
    byte[] source = {'a'};
    Name name = Name.ofBytes(source);
    source[0] = 'b';
    name.bytes()[0] = 'c';
    assertThat(name).isEqualTo(Name.of("a"));
  }

  @Test
  void quotedIsHarmlessInALog() {
    assertThat(raw("a\u001B[31m\nb\u202E").quoted()).isEqualTo("\"a\\u001b[31m\\u000ab\\u202e\"");
  }
}
