// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.args.Arguments;
import dev.leasehold.cli.args.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes {@link Disk}s of the options {@code --disk} and {@code --disk-exact}. */
public final class DiskArguments {
  /** Linux: with the NUL at the end 4096 bytes. */
  private static final int LONGEST_PATH = 4095;

  private static final int LONGEST_NAME = 255;

  private final Path directory;
  private final Identity identity;

  /**
   * @param directory what relative paths start from, absolute
   */
  public DiskArguments(Path directory, Identity identity) {
    this.directory = directory;
    this.identity = identity;
  }

  /**
   * As the option {@code --identity} has it, for relative paths from the working directory.
   *
   * @throws UsageException if the option has another word
   */
  public static DiskArguments ofCommandLine(Arguments arguments) throws UsageException {
    String word = arguments.choice("identity", List.of("path", "canonical"));
    Identity identity = word.equals("canonical") ? Identity.CANONICAL : Identity.PATH;
    return new DiskArguments(Path.of("").toAbsolutePath(), identity);
  }

  /**
   * The disks of a command line, in the order given ({@code --disk} before {@code --disk-exact}).
   *
   * @throws UsageException if none is given, one is given twice, or one cannot be a path
   * @throws Failure if one cannot be resolved
   */
  public List<Disk> of(Arguments arguments) throws UsageException, Failure {
    List<Disk> disks = new ArrayList<>();
    for (String argument : arguments.values("disk")) {
      disks.add(withSuffix(argument));
    }
    for (String path : arguments.values("disk-exact")) {
      disks.add(new Disk(resolve("--disk-exact", path), DiskMode.EXCLUSIVE));
    }
    if (disks.isEmpty()) {
      throw new UsageException(
          "no disk is named: give --disk PATH for every disk that the command writes to");
    }
    refuseDoubles(disks);
    return disks;
  }

  /** Only a suffix that is known is one: paths may have colons. */
  private Disk withSuffix(String argument) throws UsageException, Failure {
    DiskMode mode = DiskMode.EXCLUSIVE;
    String path = argument;
    if (argument.endsWith(":shared")) {
      mode = DiskMode.SHARED;
      path = argument.substring(0, argument.length() - ":shared".length());
    } else if (argument.endsWith(":ro")) {
      mode = DiskMode.READ_ONLY;
      path = argument.substring(0, argument.length() - ":ro".length());
    }
    return new Disk(resolve("--disk", path), mode);
  }

  private static void refuseDoubles(List<Disk> disks) throws UsageException {
    Map<String, Disk> seen = new LinkedHashMap<>();
    for (Disk disk : disks) {
      Disk other = seen.putIfAbsent(disk.leaseName(), disk);
      if (other != null) {
        throw new UsageException(
            "disk "
                + disk.shown()
                + " is named twice ("
                + other.mode().text()
                + " and "
                + disk.mode().text()
                + "): name each disk once");
      }
    }
  }

  /**
   * The path that names the disk's lease.
   *
   * @param option for messages, e.g. {@code --disk}
   */
  public String resolve(String option, String path) throws UsageException, Failure {
    check(option, path);
    String absolute = path.startsWith("/") ? path : under(path);
    if (absolute.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw tooLong(option, absolute);
    }
    return identity == Identity.PATH ? absolute : canonical(absolute);
  }

  private static void check(String option, String path) throws UsageException {
    if (path.isEmpty()) {
      throw new UsageException(option + ": the path is empty");
    }
    if (path.codePoints().anyMatch(Character::isISOControl)) {
      throw new UsageException(
          option
              + " "
              + Printable.line(shortened(path))
              + ": the path has a line break or another control character; rename the disk, or"
              + " give it a symbolic link without one");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      throw tooLong(option, path);
    }
    for (String name : path.split("/", -1)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        throw new UsageException(
            option
                + " "
                + shortened(path)
                + ": a name in the path is longer than the "
                + LONGEST_NAME
                + " bytes that Linux allows");
      }
    }
  }

  private static UsageException tooLong(String option, String path) {
    return new UsageException(
        option
            + " "
            + shortened(path)
            + ": the path has "
            + path.getBytes(StandardCharsets.UTF_8).length
            + " bytes, more than the "
            + LONGEST_PATH
            + " that Linux allows");
  }

  private static String shortened(String path) {
    return path.length() <= 60 ? path : path.substring(0, 57) + "...";
  }

  /** Below the working directory; "." and doubled slashes go, ".." may follow a link and stays. */
  private String under(String relative) {
    StringBuilder absolute = new StringBuilder(directory.toString());
    for (String name : relative.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        absolute.append(absolute.length() == 1 ? "" : "/").append(name);
      }
    }
    return absolute.toString();
  }

  private static String canonical(String path) throws Failure {
    try {
      return Path.of(path).toRealPath().toString();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.NO_INPUT,
          "disk "
              + Printable.line(path)
              + " cannot be resolved, and --identity canonical needs that: "
              + Faults.words(e)
              + "\nCheck the path, or leave --identity out.",
          e);
    }
  }
}
