// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Follows the headers from an image down. Reads through the page cache; can block on storage. */
public final class BackingChain {
  /** libvirt gives up at 200 too. */
  private static final int LONGEST = 200;

  private static final int TYPE = 0170000;
  private static final int REGULAR_FILE = 0100000;
  private static final int BLOCK_DEVICE = 0060000;

  /** Formats without a header that names other files. */
  private static final Set<String> FLAT = Set.of("raw", "file", "host_device", "host_cdrom");

  /** Formats that may name backing files, in headers that are not read here. */
  private static final Set<String> OTHERS = Set.of("qed", "vmdk", "vhdx", "vpc", "vdi", "qcow");

  private final Set<String> seen = new HashSet<>();
  private final List<ChainLink> links = new ArrayList<>();

  private BackingChain() {}

  /**
   * What is below an image, from the top down.
   *
   * @param path absolute; relative names are resolved against the directory of the image that has
   *     them, as QEMU does: by its path as written, symbolic links not resolved
   * @param format of the top image if it is known. A guest that writes to a raw disk can make it
   *     look like qcow2, so give it if you know it; without it the header decides
   * @throws ImageException if a header is malformed, an image is missing, the chain is a loop or
   *     longer than 200, or has an image whose format is not known here
   */
  public static List<ChainLink> below(String path, Optional<String> format) throws ImageException {
    BackingChain chain = new BackingChain();
    chain.follow(path, format);
    return List.copyOf(chain.links);
  }

  private void follow(String top, Optional<String> topFormat) throws ImageException {
    String path = top;
    Optional<String> format = topFormat;
    boolean first = true;
    while (true) {
      remember(top, path);
      Optional<Header> header = header(path, format);
      if (header.isEmpty()) {
        return;
      }
      if (header.get().dataFile().isPresent()) {
        data(path, header.get().dataFile().get(), first);
      }
      if (header.get().backing().isEmpty()) {
        return;
      }
      ImageName name = ImageName.of(path, header.get().backing().get());
      if (!(name instanceof ImageName.Local local)) {
        links.add(new ChainLink.Remote(header.get().backing().get()));
        return;
      }
      format = local.format().or(header.get()::backingFormat);
      path = beside(path, local.path());
      links.add(new ChainLink.Backing(path));
      first = false;
    }
  }

  /** The data of a backing image is only read. */
  private void data(String image, String name, boolean written) throws ImageException {
    switch (ImageName.of(image, name)) {
      case ImageName.Local local -> {
        String path = beside(image, local.path());
        links.add(written ? new ChainLink.Data(path) : new ChainLink.Backing(path));
      }
      case ImageName.Elsewhere elsewhere -> links.add(new ChainLink.Remote(elsewhere.name()));
    }
  }

  /** By file, not by name: a loop may go through links. */
  private void remember(String top, String path) throws ImageException {
    if (seen.size() == LONGEST) {
      throw new ImageException(top, "its backing chain has more than " + LONGEST + " images");
    }
    String key;
    try {
      key = Path.of(path).toRealPath().toString();
    } catch (NoSuchFileException e) {
      throw new ImageException(top, "the image " + path + " in its backing chain does not exist");
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new ImageException(top, "the image " + path + " cannot be found: " + e.getMessage());
    }
    if (!seen.add(key)) {
      throw new ImageException(top, "its backing chain is a loop: " + path + " comes again");
    }
  }

  private static String beside(String image, String name) {
    if (name.startsWith("/")) {
      return name;
    }
    return image.substring(0, image.lastIndexOf('/') + 1) + name;
  }

  private static Optional<Header> header(String path, Optional<String> format)
      throws ImageException {
    if (format.isPresent() && FLAT.contains(format.get())) {
      return Optional.empty();
    }
    byte[] start = read(path, Header.FIRST);
    if (Header.is(start)) {
      return Optional.of(Header.parse(path, read(path, Header.clusterSize(path, start))));
    }
    if (format.isPresent() && format.get().equals("qcow2")) {
      throw new ImageException(path, "it should be qcow2 and has no qcow2 header");
    }
    if (format.isPresent() && OTHERS.contains(format.get())) {
      throw new ImageException(
          path,
          "its format "
              + format.get()
              + " may have backing files, which are found for qcow2 only; convert it, or set"
              + " protect_backing_files = 0");
    }
    return Optional.empty();
  }

  private static byte[] read(String path, int length) throws ImageException {
    try {
      int type = ((Number) Files.getAttribute(Path.of(path), "unix:mode")).intValue() & TYPE;
      if (type != REGULAR_FILE && type != BLOCK_DEVICE) {
        throw new ImageException(path, "it is neither a file nor a block device");
      }
      try (InputStream in = Files.newInputStream(Path.of(path))) {
        return in.readNBytes(length);
      }
    } catch (IOException e) {
      throw new ImageException(path, "it cannot be read: " + e.getMessage());
    }
  }
}
