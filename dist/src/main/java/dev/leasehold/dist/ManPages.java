// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import dev.leasehold.cli.Main;
import dev.leasehold.cli.args.CommandSpec;
import dev.leasehold.cli.args.Option;
import dev.leasehold.cli.sanlock.Usage;
import dev.leasehold.libvirt.conf.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Man pages. What a command takes comes from its own description, exit codes and environment
 * variables from docs/cli.md: nothing is written down twice. Pages in {@code packaging/man} are
 * written by hand, except for lines {@code @OPTIONS COMMAND@}.
 */
public final class ManPages {
  /** Sections that are added to the page of a command. */
  private static final String PART = ".part";

  private final Path sources;
  private final String version;
  private final String date;

  /** For this release. */
  public ManPages(Path sources, Release release) {
    this.sources = sources;
    this.version = release.projectVersion();
    this.date = DateTimeFormatter.ISO_LOCAL_DATE.format(release.time().atOffset(ZoneOffset.UTC));
  }

  /** Every page by its file name, e.g. {@code leasehold-run.1}. */
  public Map<String, String> all() throws IOException {
    Map<String, String> pages = new TreeMap<>();
    pages.put("leasehold.1", overview());
    for (CommandSpec spec : Main.specs()) {
      pages.put("leasehold-" + spec.name() + "." + sectionOf(spec), page(spec));
    }
    pages.put("leasehold.conf.5", configuration());
    pages.put("sanlock.8", sanlock());
    try (Stream<Path> written = Files.list(sources.resolve("dist/src/main/packaging/man"))) {
      for (Path file : written.sorted().toList()) {
        if (!file.toString().endsWith(PART)) {
          pages.put(String.valueOf(file.getFileName()), filled(Files.readString(file)));
        }
      }
    }
    return pages;
  }

  private static String sectionOf(CommandSpec spec) {
    return spec.name().equals("daemon") ? "8" : "1";
  }

  private String overview() throws IOException {
    Roff page = new Roff("leasehold", "1", date, version);
    page.section("NAME").raw("leasehold \\- " + Roff.escaped(Control.SUMMARY) + "\n");
    page.section("SYNOPSIS").raw(".B leasehold\n.I COMMAND\n.RI [ ARG ]...\n");
    page.section("DESCRIPTION").paragraph(Main.PURPOSE);
    page.paragraph("Every command explains itself with `--help`.");
    page.section("COMMANDS");
    for (CommandSpec spec : Main.specs()) {
      page.item("leasehold-" + spec.name() + "(" + sectionOf(spec) + ")", capital(spec.summary()));
    }
    Markdown document = new Markdown(Files.readString(sources.resolve("docs/cli.md")));
    page.section("EXIT STATUS");
    page.paragraph("That of the command that `run` ran, if it ran to its end. Otherwise:");
    for (List<String> row : document.table("Exit codes")) {
      page.item(row.get(0), row.get(1).isEmpty() ? row.get(2) : row.get(1) + ": " + row.get(2));
    }
    page.section("ENVIRONMENT");
    for (List<String> row : document.table("Environment")) {
      page.item(row.get(0), row.get(1));
    }
    page.section("FILES");
    page.item("/etc/leasehold/leasehold.conf", "Configuration, see leasehold.conf(5).");
    page.item("/var/lib/leasehold", "Leases on local disks, host ids.");
    page.item("/usr/share/doc/leasehold", "Documents; help texts call them docs/NAME.md.");
    page.section("SEE ALSO").raw(seeAlso());
    return page.page();
  }

  private static String seeAlso() {
    List<String> references = new ArrayList<>();
    for (CommandSpec spec : Main.specs()) {
      references.add(".BR leasehold\\-" + spec.name() + " (" + sectionOf(spec) + ")");
    }
    references.add(".BR leasehold.conf (5)");
    references.add(".BR sanlock (8)");
    references.add(".BR virt\\-sanlock\\-cleanup (8)");
    return String.join(",\n", references) + "\n";
  }

  private String configuration() {
    Roff page = new Roff("leasehold.conf", "5", date, version);
    page.section("NAME").raw("leasehold.conf \\- configuration of leasehold\n");
    page.section("SYNOPSIS").paragraph("`/etc/leasehold/leasehold.conf`");
    page.section("DESCRIPTION");
    page.paragraph(
        "Lines of the form `key = value`, as in libvirt's files: a value is a number, or a text in"
            + " double quotes. A line that begins with # is a comment. A key that is not set here"
            + " is looked up in /etc/libvirt/qemu-sanlock.conf. An unknown key, a wrong type or a"
            + " number out of range is an error that names file and line.");
    page.section("KEYS");
    for (Key key : Key.values()) {
      page.item(
          key.text(),
          key.help() + "\nAccepted: " + key.type().accepted() + ". Default: " + key.usual() + ".");
    }
    page.section("SEE ALSO").raw(".BR leasehold (1),\n.BR leasehold\\-daemon (8)\n");
    return page.page();
  }

  private String sanlock() {
    Roff page = new Roff("sanlock", "8", date, version);
    page.section("NAME").raw("sanlock \\- the sanlock command of leasehold\n");
    page.section("SYNOPSIS").raw(".B sanlock\n.RI [ COMMAND ]\n.IR ACTION ...\n");
    page.section("DESCRIPTION");
    page.paragraph(
        "The same command, options, output and exit codes as sanlock 3.8.5, so that scripts,"
            + " libvirt, VDSM and lvmlockd need no change. It talks to a daemon of leasehold and to"
            + " the C daemon alike. What it prints as help:");
    page.literal(Usage.TEXT.stripTrailing());
    page.section("SEE ALSO").raw(".BR leasehold (1),\n.BR leasehold\\-daemon (8)\n");
    return page.page();
  }

  private String page(CommandSpec spec) throws IOException {
    String name = "leasehold-" + spec.name();
    Roff page = new Roff(name, sectionOf(spec), date, version);
    page.section("NAME").raw(Roff.escaped(name) + " \\- " + Roff.escaped(spec.summary()) + "\n");
    page.section("SYNOPSIS").paragraph("`" + spec.usage() + "`");
    page.section("DESCRIPTION");
    spec.description().forEach(page::paragraph);
    page.section("OPTIONS");
    options(page, spec);
    if (!spec.examples().isEmpty()) {
      page.section("EXAMPLES");
    }
    for (CommandSpec.Example example : spec.examples()) {
      page.paragraph(example.meaning()).literal(example.line());
    }
    Path more = sources.resolve("dist/src/main/packaging/man/" + name + PART);
    if (Files.exists(more)) {
      page.raw(Files.readString(more));
    }
    page.section("EXIT STATUS").paragraph("See leasehold(1).");
    page.section("SEE ALSO").raw(".BR leasehold (1)\n");
    return page.page();
  }

  private static void options(Roff page, CommandSpec spec) {
    for (Option option : spec.options()) {
      page.item(option.usage(), option.help());
    }
    page.item("--help", "Show a help text.");
  }

  private String filled(String written) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : written.lines().toList()) {
      if (line.startsWith("@OPTIONS ")) {
        String name = line.substring("@OPTIONS ".length(), line.length() - 1);
        Roff options = new Roff("", "", "", "");
        int header = options.page().length();
        options(options, spec(name));
        text.append(options.page().substring(header));
      } else {
        text.append(line.replace("@DATE@", date).replace("@VERSION@", version)).append('\n');
      }
    }
    return text.toString();
  }

  private static CommandSpec spec(String name) throws IOException {
    return Main.specs().stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IOException("a man page names the command " + name));
  }

  private static String capital(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
  }
}
