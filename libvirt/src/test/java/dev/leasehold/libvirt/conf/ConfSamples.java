// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Files, and what libvirt 9.0.0 says of them (docs/spec/libvirt-sanlock.md 2.2). */
final class ConfSamples {
  private ConfSamples() {}

  /**
   * A file.
   *
   * @param refusal {@code LINE: MESSAGE}; empty if it is accepted
   */
  record Sample(byte[] content, Optional<String> refusal) {
    @Override
    public String toString() {
      String text = new String(content, StandardCharsets.ISO_8859_1);
      StringBuilder shown = new StringBuilder();
      text.chars()
          .limit(60)
          .forEach(c -> shown.append(c >= ' ' && c < 127 ? "" + (char) c : "<" + c + ">"));
      return shown.toString();
    }
  }

  private static Sample good(String text) {
    return new Sample(text.getBytes(StandardCharsets.ISO_8859_1), Optional.empty());
  }

  private static Sample bad(String text, String refusal) {
    return new Sample(text.getBytes(StandardCharsets.ISO_8859_1), Optional.of(refusal));
  }

  static final List<Sample> ALL =
      List.of(
          good(""),
          good("# c"),
          good("x = 1"),
          good("x = 1\n"),
          good("x = +5"),
          good("x = -0"),
          good("x = 003"),
          good("x=1;"),
          good("x=1;\n\n"),
          good("x=1;#"),
          good("x=1#"),
          good("x = 1 ; y = 2 # c"),
          good("x = \"a\"# c"),
          good("\tx\t=\t1\t"),
          good("x = 1\n\n\n"),
          good("\n\n# c\n\n"),
          good("\n\n x = 1"),
          good("x = 1\r\ny = 2\r\n"),
          good("x = []"),
          good("x = [[],[1]]"),
          good("x = [1 , ]"),
          good("x = [\n1\n,\n'b'\n]"),
          good("x = [ \"a\",\n\n]\ny = 3"),
          good("x = \"a#b\""),
          good("x = \"it's\""),
          good("x = ''"),
          good("x = \"\"\"\"\"\"\n"),
          good("x = \"\"\"\"\"a\"\"\""),
          good("x = \"\"\"\"a\"\"\""),
          good("x = \"\"\"a\nb\"\"\""),
          good("# a\0b\ny = 3"),
          bad("\n\n", "3: expecting a name"),
          bad(" ", "1: expecting a name"),
          bad(";", "1: expecting a name"),
          bad("x = 1;;", "1: expecting a name"),
          bad("x = 1\n;", "2: expecting a name"),
          bad("#c\n\n\n;", "4: expecting a name"),
          bad("_x = 1", "1: expecting a name"),
          bad("9x = 1", "1: expecting a name"),
          bad("= 3", "1: expecting a name"),
          bad("\r", "1: expecting a name"),
          bad("\0", "1: expecting a name"),
          bad("\f", "1: expecting a name"),
          bad("\u00ef\u00bb\u00bfx = 1", "1: expecting a name"),
          bad("\u00c3\u00a4 = 1", "1: expecting a name"),
          bad("x", "1: expecting an assignment"),
          bad("x\n= 1", "1: expecting an assignment"),
          bad("x.y = 1", "1: expecting an assignment"),
          bad("x-1 = 1", "1: expecting an assignment"),
          bad("x\0= 1", "1: expecting an assignment"),
          bad("x = 1 # c\ny 3", "2: expecting an assignment"),
          bad("x = 1\r\ny 3", "2: expecting an assignment"),
          bad("x = 1\ry 3", "1: expecting an assignment"),
          bad("x = \"\"\"a\nb\"\"\"\ny 3", "3: expecting an assignment"),
          bad("x = [ \"a\",\n\n]\ny 3", "4: expecting an assignment"),
          bad("x =", "1: expecting a value"),
          bad("x =\n1", "1: expecting a value"),
          bad("x = a", "1: expecting a value"),
          bad("x == 1", "1: expecting a value"),
          bad("x = [,", "1: expecting a value"),
          bad("x = [1,", "1: expecting a value"),
          bad("x = [ \"a\",,]", "1: expecting a value"),
          bad("x = [ # c\n]", "1: expecting a value"),
          bad("x = [1\n\n\n,\n\n,2]", "6: expecting a value"),
          bad("x = 1 y = 2", "1: expecting a separator"),
          bad("x = 0x3", "1: expecting a separator"),
          bad("x = 3.5", "1: expecting a separator"),
          bad("x = 1,", "1: expecting a separator"),
          bad("x = 1\f", "1: expecting a separator"),
          bad("x = 1 \0", "1: expecting a separator"),
          bad("x = \"a\" \"b\"", "1: expecting a separator"),
          bad("x = \"a\\\"b\"", "1: expecting a separator"),
          bad("x = \"\"\"\"\"\"", "1: expecting a separator"),
          bad("x = \"\"\"a\n", "1: expecting a separator"),
          bad("x = \"\"\"a\"\"\"\"", "1: expecting a separator"),
          bad("x = '''a\nb'''", "1: expecting a separator"),
          bad("x = \"a", "1: unterminated string"),
          bad("x = \"a\n\n\n", "1: unterminated string"),
          bad("x = 'a\rb'", "1: unterminated string"),
          bad("x = \"\"\"a\n\nb", "2: unterminated string"),
          bad("x = \"\"\"\n\n\nabcdef", "4: unterminated string"),
          bad("x = -", "1: unterminated number"),
          bad("x = --1", "1: unterminated number"),
          bad("x = [\n\n-\n]", "3: unterminated number"),
          bad("x = [ \"a\" \"b\" ]", "1: expecting a separator in list"),
          bad("x = [ \"a\" # c\n]", "1: expecting a separator in list"),
          bad("x = [1,\n[2,\n[3\n 4]]]", "4: expecting a separator in list"),
          bad("x = [", "1: list is not closed with ]"),
          bad("x = [\n\n", "3: list is not closed with ]"),
          bad("x = [ \"a\"\n\n", "3: list is not closed with ]"));
}
