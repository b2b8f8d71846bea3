// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.packager.rpm.FileFlags;
import org.eclipse.packager.rpm.RpmTag;
import org.eclipse.packager.rpm.RpmVersion;
import org.eclipse.packager.rpm.build.BuilderContext;
import org.eclipse.packager.rpm.build.BuilderOptions;
import org.eclipse.packager.rpm.build.DigestAlgorithm;
import org.eclipse.packager.rpm.build.FileInformation;
import org.eclipse.packager.rpm.build.RpmBuilder;
import org.eclipse.packager.rpm.coding.PayloadCoding;
import org.eclipse.packager.rpm.deps.RpmDependencyFlags;

/** The .rpm, made by Eclipse Packager from the stage. */
public final class RpmPackage {
  /** Directories of the product itself; all others belong to the system. */
  private static final List<String> OWN =
      List.of(Product.HOME, "/usr/share/doc/leasehold", "/usr/share/leasehold", "/etc/leasehold");

  /** What only Debian reads. */
  private static final List<String> LEFT_OUT =
      List.of("/usr/share/lintian", "/usr/share/doc/leasehold/changelog.gz");

  private final Path packaging;
  private final Stage stage;
  private final Release release;

  /** Of this tree, as this release. */
  public RpmPackage(Path sources, Stage stage, Release release) {
    this.packaging = sources.resolve("dist/src/main/packaging/rpm");
    this.stage = stage;
    this.release = release;
  }

  /** Writes it into a directory; the file. */
  public Path write(Path directory) throws IOException {
    RpmVersion version = new RpmVersion(release.version(), "1");
    Path file = directory.resolve("leasehold-" + version + "." + release.machine().rpm() + ".rpm");
    Files.deleteIfExists(file);
    BuilderOptions options = new BuilderOptions();
    options.setPayloadCoding(PayloadCoding.GZIP);
    options.setFileDigestAlgorithm(DigestAlgorithm.SHA256);
    options.setOpenOptions(
        new java.nio.file.OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE});
    try (RpmBuilder builder =
        new RpmBuilder(Control.NAME, version, release.machine().rpm(), file, options)) {
      describe(builder);
      depend(builder);
      scripts(builder);
      builder.setHeaderCustomizer(
          header -> {
            int time = (int) release.time().getEpochSecond();
            header.putInt(RpmTag.BUILDTIME, time);
            header.putInt(RpmTag.CHANGELOG_TIMESTAMP, time);
            header.putStringArray(
                RpmTag.CHANGELOG_AUTHOR, Control.MAINTAINER + " - " + release.version() + "-1");
            header.putStringArray(RpmTag.CHANGELOG_TEXT, "- See CHANGELOG.md in the sources.");
          });
      files(builder.newContext());
      builder.build();
    }
    return file;
  }

  private static void describe(RpmBuilder builder) {
    RpmBuilder.PackageInformation information = builder.getInformation();
    String summary = Control.SUMMARY;
    information.setSummary(Character.toUpperCase(summary.charAt(0)) + summary.substring(1));
    information.setDescription(Control.DESCRIPTION.strip().replace("\n.\n", "\n\n"));
    information.setLicense(Control.LICENCE);
    information.setGroup("System Environment/Daemons");
    information.setVendor("Leasehold");
    information.setPackager(Control.MAINTAINER);
    information.setBuildHost("build");
    information.setSourcePackage("leasehold-" + builder.getVersion() + ".src.rpm");
  }

  private void depend(RpmBuilder builder) {
    builder.addRequirement("libc.so.6(GLIBC_2.17)(64bit)", "");
    builder.addRequirement("/bin/sh", "", RpmDependencyFlags.INTERPRETER);
    builder.addRequirement("config(leasehold)", fullVersion(builder), RpmDependencyFlags.EQUAL);
    builder.addProvides("config(leasehold)", fullVersion(builder), RpmDependencyFlags.EQUAL);
    builder.addProvides("leasehold", fullVersion(builder), RpmDependencyFlags.EQUAL);
    // libvirt's plugin, VDSM and lvmlockd ask for it. The original may stay beside this one: wdmd
    // comes with it, and that the two daemons do not run together is seen to by units and lock.
    builder.addProvides("sanlock", "3.8.5", RpmDependencyFlags.EQUAL);
  }

  private static String fullVersion(RpmBuilder builder) {
    return builder.getVersion().toString();
  }

  private void scripts(RpmBuilder builder) throws IOException {
    builder.setPostInstallationScript(read("post"));
    builder.setPreRemoveScript(read("preun"));
    builder.setPostRemoveScript(read("postun"));
  }

  private String read(String script) throws IOException {
    return Files.readString(packaging.resolve(script));
  }

  private void files(BuilderContext context) throws IOException {
    for (Stage.Entry entry : stage.entries()) {
      String path = entry.path();
      if (Product.SHARED_NAMES.contains(path)
          || LEFT_OUT.stream().anyMatch(out -> path.equals(out) || path.startsWith(out + "/"))) {
        continue; // the script makes the links of names that are free
      }
      if (entry.link().isPresent()) {
        context.addSymbolicLink(path, entry.link().get(), (_, _, _) -> information(entry));
      } else if (!entry.isDirectory()) {
        context.addFile(path, entry.file(), (_, _, _) -> information(entry));
      } else if (OWN.stream().anyMatch(own -> path.equals(own) || path.startsWith(own + "/"))) {
        context.addDirectory(path, (_, _, _) -> information(entry));
      }
    }
  }

  private FileInformation information(Stage.Entry entry) {
    FileInformation information = new FileInformation();
    information.setTimestamp(release.time());
    information.setUser("root");
    information.setGroup("root");
    // Shared libraries: executable on RPM systems, not on Debian's.
    boolean library = entry.path().endsWith(".so");
    information.setMode((short) (library ? Stage.RUN : entry.mode()));
    information.setFileFlags(flags(entry.path()));
    return information;
  }

  private static Set<FileFlags> flags(String path) {
    if (path.equals(Control.CONFIGURATION)) {
      return EnumSet.of(FileFlags.CONFIGURATION, FileFlags.NOREPLACE);
    }
    if (path.startsWith("/usr/share/doc/") || path.contains("/share/man/")) {
      return EnumSet.of(FileFlags.DOC);
    }
    return EnumSet.noneOf(FileFlags.class);
  }
}
