// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The default file and the documentation say what the code does. */
class DefaultFileTest {
  private static final String MARK = "<!-- made from dev.leasehold.libvirt.conf.Key -->\n";

  private static final Path ROOT = Path.of(System.getProperty("leasehold.root", ".."));
  private static final Path SHIPPED = ROOT.resolve("libvirt/src/main/conf/leasehold.conf");
  private static final Path DOCUMENT = ROOT.resolve("docs/configuration.md");

  private static ConfigFiles parse(String text) throws ConfException {
    ConfFile file = ConfFile.parse("default", text.getBytes(StandardCharsets.UTF_8));
    return ConfigFiles.of(file, ConfFile.empty("none"), new SystemAccounts());
  }

  @Test
  void theShippedFileIsUpToDate() throws Exception {
    if (Boolean.getBoolean("leasehold.regenerate")) {
      Files.writeString(SHIPPED, DefaultFile.text());
    }
    assertThat(SHIPPED).content().isEqualTo(DefaultFile.text());
    assertThat(parse(DefaultFile.text()).config()).isEqualTo(parse("").config());
  }

  @Test
  void everyKeyIsInItAndItsLineIsValid() throws Exception {
    String settings =
        DefaultFile.text()
            .lines()
            .filter(line -> line.matches("#[a-z_]+ = .*"))
            .map(line -> line.substring(1))
            .collect(Collectors.joining("\n"));
    assertThat(ConfFile.parse("f", settings.getBytes(StandardCharsets.UTF_8)).settings())
        .extracting(ConfFile.Setting::key)
        .containsExactly(
            java.util.Arrays.stream(Key.values()).map(Key::text).toArray(String[]::new));
    LeaseholdConfig shown = parse(settings).config();
    String changed =
        settings.lines().filter(DefaultFileTest::isExample).collect(Collectors.joining("\n"));
    assertThat(shown).isEqualTo(parse(changed).config());
  }

  /** Where there is no default, an example is shown. */
  private static boolean isExample(String line) {
    return line.startsWith("user ") || line.startsWith("group ") || line.startsWith("host_name ");
  }

  @Test
  void theDocumentationListsEveryKey() throws Exception {
    String text = Files.readString(DOCUMENT);
    int start = text.indexOf(MARK) + MARK.length();
    int end = text.indexOf(MARK, start);
    assertThat(end).as("two lines %s in %s", MARK.strip(), DOCUMENT).isGreaterThanOrEqualTo(start);
    if (Boolean.getBoolean("leasehold.regenerate")) {
      Files.writeString(
          DOCUMENT, text.substring(0, start) + DefaultFile.markdown() + text.substring(end));
      return;
    }
    assertThat(text.substring(start, end)).isEqualTo(DefaultFile.markdown());
  }
}
