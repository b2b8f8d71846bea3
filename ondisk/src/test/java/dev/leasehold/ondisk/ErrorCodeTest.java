// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
  @ParameterizedTest
  @EnumSource
  void saysWhatHappenedAndWhatToDo(ErrorCode code) {
    for (String text : List.of(code.sentence(), code.remedy())) {
      assertThat(text).matches("[A-Z].*\\.").doesNotContain("  ").hasSizeBetween(10, 120);
    }
    assertThat(code.number()).isLessThanOrEqualTo(0);
    assertThat(ErrorCode.ofNumber(code.number())).contains(code);
  }

  @Test
  void numbersAreUnique() {
    Set<Integer> numbers = new HashSet<>();
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(numbers.add(code.number())).as(code.name()).isTrue();
    }
    assertThat(ErrorCode.ofNumber(1)).isEmpty();
    assertThat(ErrorCode.ofNumber(-999)).isEmpty();
  }

  /** Section 9 of the format: every code is there, under sanlock's number. */
  @Test
  void noCodeOfTheSpecificationIsMissing() throws IOException {
    Path spec = Golden.directory().resolve("../../docs/spec/ondisk.md");
    Matcher row =
        Pattern.compile("^\\| −(2\\d\\d) \\| ([A-Z_]+) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(spec));
    int rows = 0;
    while (row.find()) {
      ErrorCode code = ErrorCode.valueOf(row.group(2));
      assertThat(code.number()).isEqualTo(-Integer.parseInt(row.group(1)));
      rows++;
    }
    assertThat(rows).isEqualTo(42);
  }

  @Test
  void anExceptionTellsDetailNameAndNumber() {
    Throwable cause = new IOException("broken");
    LeaseException e = new LeaseException(ErrorCode.EIO, "sector 7 could not be read", cause);
    assertThat(e).hasMessage("sector 7 could not be read (EIO, -5)").hasCause(cause);
    assertThat(e.code()).isEqualTo(ErrorCode.EIO);
    assertThat(e.detail()).isEqualTo("sector 7 could not be read");
  }

  @Test
  void errorNumbersOfLinux() {
    assertThat(ErrorCode.ofErrno(28)).isEqualTo(ErrorCode.ENOSPC);
    assertThat(ErrorCode.ofErrno(71)).as("EPROTO, which no client knows").isEqualTo(ErrorCode.EIO);
  }
}
