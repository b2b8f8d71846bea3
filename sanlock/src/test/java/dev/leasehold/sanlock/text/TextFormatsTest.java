// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of docs/spec/wire.md 6. */
class TextFormatsTest {

  @ParameterizedTest
  @CsvSource({
    "a:1:/p:5, a, 1, /p, 5",
    "a:1, a, 1, '', 0",
    "a, a, 0, '', 0",
    "'', '', 0, '', 0",
    "a:x:/p:y, a, 0, /p, 0",
    "a:-1:/p:0x10, a, 18446744073709551615, /p, 0",
    "a:1:/p\\:q:5, a, 1, /p:q, 5",
    "a\\:b:1:/p:5, a\\:b, 1, /p, 5",
    "a:1:/p:1M, a, 1, /p, 1",
    "a:1:/p:7:8:9, a, 1, /p, 7",
    "a:1:/p\\\\q:7, a, 1, /pq, 7",
    "a:1:/p:99999999999999999999, a, 1, /p, 9223372036854775807",
  })
  void lockspaces(String text, String name, String hostId, String path, String offset) {
    WireLockspace parsed = LockspaceText.parse(text);
    assertThat(parsed.name()).hasToString(name);
    assertThat(Long.toUnsignedString(parsed.hostId())).isEqualTo(hostId);
    assertThat(parsed.disk().path()).hasToString(path);
    assertThat(Long.toUnsignedString(parsed.disk().offset())).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({
    "a:b, 0, 0, 0, a:b:0",
    "a:b:/p:5, 1, 0, 0, a:b:/p:5:0",
    "a:b:/p:5:7, 1, 1, 7, a:b:/p:5:7",
    "a:b:/p:5:SH, 1, 4, 0, a:b:/p:5:SH",
    "a:b:/p:5:SHx, 1, 4, 0, a:b:/p:5:SH",
    "a:b:/p:5:sh, 1, 1, 0, a:b:/p:5:0",
    "a:b:/p1:1:/p2:2:9, 2, 1, 9, a:b:/p1:1:/p2:2:9",
    "a:b:/p:-1, 1, 0, 0, a:b:/p:18446744073709551615:0",
    "a:b:/p: 7x, 1, 0, 0, a:b:/p:7:0",
    "a\\:x:b:/p:1, 1, 0, 0, a:x:b:/p:1:0",
    "a:b:/p:5:0x10, 1, 1, 16, a:b:/p:5:16",
    "a:b:/p:5:010, 1, 1, 8, a:b:/p:5:8",
    "a:b:/p:5:99999999999999999999, 1, 1, -1, a:b:/p:5:18446744073709551615",
    "a:b:/p\\ q:5, 1, 0, 0, a:b:/p\\ q:5:0",
    "':b:/p:5', 1, 0, 0, ':b:/p:5:0'",
  })
  void resources(String text, int disks, int flags, long lver, String printed) throws TextFault {
    WireResource parsed = ResourceText.parse(text);
    assertThat(parsed.disks()).hasSize(disks);
    assertThat(parsed.flags()).isEqualTo(flags);
    assertThat(parsed.lver()).isEqualTo(lver);
    assertThat(ResourceText.print(parsed)).isEqualTo(printed);
  }

  @ParameterizedTest
  @CsvSource({
    "a:b:c, -1",
    "abc, -1",
    "a:, -6",
    "'', -6",
    "a:b:/p:5:, -1",
    "a:b::0, -1",
    "a:b:/p:x, -1",
    "a:b:/p:5\\, -1",
    "a:b:/1:1:/2:2:/3:3:/4:4:/5:5, -2",
    "1234567890123456789012345678901234567890123456789:b, -1",
  })
  void whatIsNoResource(String text, int code) {
    assertThatThrownBy(() -> ResourceText.parse(text))
        .isInstanceOfSatisfying(TextFault.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void longPathsAreRefusedWhereTheOriginalRefusesThem() throws TextFault {
    assertThat(ResourceText.parse("a:b:/" + "x".repeat(1022) + ":0").disks()).hasSize(1);
    assertThatThrownBy(() -> ResourceText.parse("a:b:/" + "x".repeat(1023) + ":0"))
        .isInstanceOf(TextFault.class);
    String name = "n".repeat(48);
    assertThat(ResourceText.parse(name + ":" + name).name()).isEqualTo(Name.of(name));
  }

  @Test
  void states() throws TextFault {
    String text = "LS1:RA:/dev/vg/leases:1048576:3 LS1:RB:/dev/vg/leases:2097152:SH";
    List<WireResource> parsed = StateText.parse(text);
    assertThat(parsed).hasSize(2);
    assertThat(parsed.get(0).flags()).isEqualTo(Flags.RES_LVER);
    assertThat(parsed.get(0).lver()).isEqualTo(3);
    assertThat(parsed.get(1).flags()).isEqualTo(Flags.RES_SHARED);
    assertThat(StateText.print(parsed)).isEqualTo(text);
    assertThat(StateText.parse(" a:b:/p:0:1").getFirst().lockspace()).hasToString(" a");
    assertThat(StateText.parse("a:b:/p\\ q:0:1 a:c:/p:0:2")).hasSize(2);
    assertThatThrownBy(() -> StateText.parse("a:b:/p:0:1 "))
        .isInstanceOfSatisfying(TextFault.class, e -> assertThat(e.code()).isEqualTo(-6));
    assertThatThrownBy(() -> StateText.parse(""))
        .isInstanceOfSatisfying(TextFault.class, e -> assertThat(e.code()).isEqualTo(-6));
  }

  @Test
  void pathsForTextAndBack() {
    assertThat(Escapes.exported("/a b:c\\ d\\")).isEqualTo("/a\\ b\\:c\\ d\\");
    assertThat(Escapes.imported("/a\\ b\\\\c")).isEqualTo("/a bc");
  }

  @Test
  void indexesAndEntries() {
    assertThat(IndexText.parseIndex("LS:/r\\:x:8M").disk().offset()).isEqualTo(8 << 20);
    assertThat(IndexText.parseIndex("LS:/r\\:x:8M").disk().path()).hasToString("/r:x");
    assertThat(IndexText.parseIndex("LS").disk().path().isEmpty()).isTrue();
    assertThat(IndexText.parseEntry("R1").offset()).isZero();
    assertThat(IndexText.parseEntry("R1:4M").offset()).isEqualTo(4 << 20);
    assertThat(IndexText.parseEntry(":4096").name().isEmpty()).isTrue();
    assertThat(IndexText.parseEntry(":4096").offset()).isEqualTo(4096);
  }
}
