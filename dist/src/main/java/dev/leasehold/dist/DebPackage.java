// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.vafer.jdeb.Console;
import org.vafer.jdeb.DataConsumer;
import org.vafer.jdeb.DebMaker;
import org.vafer.jdeb.PackagingException;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarArchiveEntry;
import org.vafer.jdeb.shaded.commons.compress.archivers.tar.TarConstants;

/** The .deb, made by jdeb from the stage. */
public final class DebPackage {
  private final Path packaging;
  private final Stage stage;
  private final Release release;

  /** Of this tree, as this release. */
  public DebPackage(Path sources, Stage stage, Release release) {
    this.packaging = sources.resolve("dist/src/main/packaging/deb");
    this.stage = stage;
    this.release = release;
  }

  /** Writes it into a directory; the file. */
  public Path write(Path directory) throws IOException {
    Path deb =
        directory.resolve(
            "leasehold_" + release.version() + "_" + release.machine().debian() + ".deb");
    Path control = directory.resolve("deb-control");
    Files.createDirectories(control);
    Files.writeString(control.resolve("control"), control());
    Files.writeString(control.resolve("conffiles"), Control.CONFIGURATION + "\n");
    for (String script : List.of("preinst", "postinst", "prerm", "postrm")) {
      String text = Files.readString(packaging.resolve(script));
      Files.writeString(control.resolve(script), text);
    }
    DebMaker maker = new DebMaker(new Quiet(), List.of(this::produce), List.of());
    maker.setControl(control.toFile());
    maker.setDeb(deb.toFile());
    // Not xz: in Java it takes a minute, and saves a tenth of what is compressed already.
    maker.setCompression("gzip");
    maker.setTarLongFileMode("posix");
    maker.setOutputTimestampMs(release.time().toEpochMilli());
    try {
      maker.validate();
      maker.makeDeb();
    } catch (PackagingException e) {
      throw new IOException("jdeb", e);
    }
    return deb;
  }

  private String control() throws IOException {
    String indented = " " + Control.DESCRIPTION.strip().replace("\n", "\n ");
    return String.format(
        Locale.ROOT,
        """
        Package: %s
        Version: %s
        Section: admin
        Priority: optional
        Architecture: %s
        Maintainer: %s
        Installed-Size: %d
        Depends: libc6 (>= 2.28), zlib1g
        Suggests: libvirt-daemon-system
        Description: %s
        %s
        """,
        Control.NAME,
        release.version(),
        release.machine().debian(),
        Control.MAINTAINER,
        (stage.bytes() + 1023) / 1024,
        Control.SUMMARY,
        indented);
  }

  private void produce(DataConsumer consumer) throws IOException {
    for (Stage.Entry entry : stage.entries()) {
      try {
        produce(consumer, entry);
      } catch (IOException | RuntimeException e) {
        // jdeb would hide it behind one of its own.
        System.err.println(entry.path() + ": " + e);
        throw e;
      }
    }
  }

  private void produce(DataConsumer consumer, Stage.Entry entry) throws IOException {
    String name = "." + entry.path();
    if (entry.link().isPresent()) {
      TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      link.setLinkName(entry.link().get());
      consumer.onEachLink(own(link, 0777));
    } else if (entry.isDirectory()) {
      consumer.onEachDir(own(new TarArchiveEntry(name + "/", true), entry.mode()));
    } else {
      TarArchiveEntry file = new TarArchiveEntry(name, true);
      file.setSize(Files.size(entry.file()));
      try (InputStream in = Files.newInputStream(entry.file())) {
        consumer.onEachFile(in, own(file, entry.mode()));
      }
    }
  }

  private TarArchiveEntry own(TarArchiveEntry entry, int mode) {
    entry.setIds(0, 0);
    entry.setNames("root", "root");
    entry.setMode(mode);
    entry.setModTime(release.time().toEpochMilli());
    return entry;
  }

  private static final class Quiet implements Console {
    @Override
    public void debug(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void warn(String message) {
      System.err.println("jdeb: " + message);
    }
  }
}
