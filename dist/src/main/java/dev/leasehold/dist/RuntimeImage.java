// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The Java runtime that is installed with the product: only the modules it uses, stripped. */
final class RuntimeImage {
  /**
   * What the product needs, each with its reason. A test runs the product on it, and jdeps over the
   * product's classes names no other module.
   */
  static final List<String> MODULES =
      List.of(
          "java.base", // the language
          "java.management", // metrics of the JVM: heap, threads, collections
          "jdk.httpserver"); // metrics and status page

  /**
   * Not needed to run anything: an index for making other archives, a program for jars, sorting for
   * the second compiler, which is switched off, and signal handlers for programs that contain a
   * JVM.
   */
  private static final Set<String> UNUSED =
      Set.of(
          "classlist", "jexec", "jrt-fs.jar", "libsimdsort.so", "libjsig.so", "server/libjsig.so");

  /** Tools that come with the modules. */
  private static final Set<String> TOOLS = Set.of("keytool", "jwebserver");

  /**
   * The product speaks no TLS and makes no certificates: neither those classes, nor the lists of
   * authorities and domains, nor the tool. Then the provider must not be named either. One class of
   * each package stays, or jlink refuses.
   */
  private static final List<String> NO_TLS =
      List.of(
          "/java.base/sun/security/ssl/[A-TV-Z]*",
          "/java.base/sun/security/tools/keytool/Main*",
          "/java.base/sun/security/tools/keytool/resources/keytool_*");

  /** The names of all characters, and translations of what the launcher and the tools say. */
  private static final List<String> NO_NAMES =
      List.of(
          "/java.base/java/lang/uniName.dat",
          "/java.base/sun/launcher/resources/launcher_*",
          "/java.base/sun/security/util/resources/*_*",
          "/jdk.httpserver/sun/net/httpserver/simpleserver/resources/simpleserver_*");

  private static final Set<String> ONLY_FOR_TLS = Set.of("cacerts", "public_suffix_list.dat");
  private static final String TLS_PROVIDER = "SunJSSE";
  private static final String PROVIDER_KEY = "security.provider.";

  private RuntimeImage() {}

  /** Makes it in a directory that does not exist yet, with the jlink of the running JDK. */
  static void make(Path image) throws IOException, InterruptedException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IOException("this JDK has no jlink: " + home()));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code =
        jlink.run(
            out,
            out,
            "--add-modules",
            String.join(",", MODULES),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-9",
            "--exclude-resources",
            String.join(",", NO_TLS) + "," + String.join(",", NO_NAMES),
            "--output",
            image.toString());
    if (code != 0) {
      throw new IOException("jlink: " + said);
    }
    for (String name : UNUSED) {
      Files.deleteIfExists(image.resolve("lib").resolve(name));
    }
    for (String name : ONLY_FOR_TLS) {
      Files.deleteIfExists(image.resolve("lib/security").resolve(name));
    }
    for (String name : TOOLS) {
      Files.deleteIfExists(image.resolve("bin").resolve(name));
    }
    Path settings = image.resolve("conf/security/java.security");
    Files.writeString(settings, withoutTls(Files.readString(settings)));
    strip(image);
  }

  /**
   * Takes the provider out of the numbered list, whose numbers must have no gap; and the remarks,
   * which are most of the file.
   */
  static String withoutTls(String settings) {
    StringBuilder text = new StringBuilder();
    int number = 1;
    for (String line : settings.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (!line.startsWith(PROVIDER_KEY)) {
        text.append(line).append('\n');
      } else if (!line.endsWith("=" + TLS_PROVIDER)) {
        text.append(PROVIDER_KEY).append(number++).append(line.substring(line.indexOf('=')));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static String home() {
    return System.getProperty("java.home", "");
  }

  /** Symbol tables are of no use to anybody here; five megabytes. */
  private static void strip(Path image) throws IOException, InterruptedException {
    try (Stream<Path> files = Files.walk(image)) {
      List<Path> binaries =
          files.filter(Files::isRegularFile).filter(RuntimeImage::isBinary).toList();
      for (Path binary : binaries) {
        Commands.runIfPresent(
            List.of("strip", "--strip-unneeded", "--remove-section=.comment", binary.toString()));
      }
    }
  }

  private static boolean isBinary(Path file) {
    Path directory = file.getParent();
    return file.toString().endsWith(".so")
        || file.endsWith("jspawnhelper")
        || (directory != null && directory.endsWith("bin"));
  }
}
