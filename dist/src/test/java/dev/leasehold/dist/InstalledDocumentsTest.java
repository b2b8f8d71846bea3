// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Main;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.libvirt.conf.Key;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who reads what is installed, and has no sources, gets to everything that it names. */
class InstalledDocumentsTest {
  private static final Path DOCUMENTS = Tool.TARGET.resolve("root/usr/share/doc/leasehold");
  private static final Pattern NAMED = Pattern.compile("docs/([a-z/-]+\\.md)");

  @Test
  void everyLinkLeadsToAnInstalledFileAndHeading() throws Exception {
    int links = 0;
    for (Path page : pages()) {
      for (MatchResult link :
          InstalledPage.LINK.matcher(Files.readString(page)).results().toList()) {
        String file = link.group(2);
        if (file.contains("://")) {
          continue;
        }
        links++;
        Path target = file.isEmpty() ? page : page.resolveSibling(file);
        assertThat(target).as("%s: %s", page, link.group()).isRegularFile();
        if (link.group(3) != null) {
          assertThat(headings(target)).as("%s: %s", page, link.group()).contains(link.group(3));
        }
      }
    }
    assertThat(links).isGreaterThan(20);
  }

  private static List<Path> pages() throws Exception {
    try (Stream<Path> all = Files.list(DOCUMENTS)) {
      List<Path> pages = all.filter(file -> file.toString().endsWith(".md")).sorted().toList();
      assertThat(pages).hasSizeGreaterThan(10);
      return pages;
    }
  }

  /** As links name them. */
  private static List<String> headings(Path page) throws Exception {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> "#" + line.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void helpTextsNameInstalledDocuments() {
    List<String> texts = new ArrayList<>();
    for (CommandSpec spec : Main.specs()) {
      texts.addAll(spec.description());
      spec.options().stream().map(Option::help).forEach(texts::add);
    }
    Stream.of(Key.values()).map(Key::help).forEach(texts::add);
    List<String> named =
        NAMED.matcher(String.join("\n", texts)).results().map(found -> found.group(1)).toList();
    assertThat(named).isNotEmpty().allSatisfy(name -> assertThat(DOCUMENTS.resolve(name)).exists());
  }

  @Test
  void aLinkToWhatIsNotInstalledBecomesItsName() {
    String page =
        "See [b.md](b.md), [the\nmargin](c/d.md#margin), [c/d.md](c/d.md), [code](../m/A.java),"
            + " [up](#up), [site](https://a.invalid/x.md), ![view](i/v.png).";
    assertThat(InstalledPage.of(page, Set.of("b.md", "i/v.png")))
        .isEqualTo(
            "See [b.md](b.md), the\n"
                + "margin (docs/c/d.md in the sources), docs/c/d.md in the sources, code (m/A.java"
                + " in the sources), [up](#up), [site](https://a.invalid/x.md), ![view](i/v.png).");
  }
}
