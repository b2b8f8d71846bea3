// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import dev.leasehold.libvirt.disklease.Aside;
import dev.leasehold.libvirt.disklease.LeaseFailure;
import dev.leasehold.libvirt.disklease.Log;
import dev.leasehold.libvirt.disklease.Wanted;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.RpcError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the lockspaces of the protocol mean here. The default one, {@code ""}, is that of the disks'
 * leases. A {@code <lease>} element comes as {@code FILE/LOCKSPACE}. Directories that libvirt is
 * configured to use ({@code file_lockspace_dir} and its like) hide the disks' paths behind hashes
 * that other hosts do not know; they may exist, so that libvirt starts, but no lease is given in
 * them (docs/libvirt.md). Thread-safe.
 */
final class Lockspaces {
  private static final int EACCES = 13;
  private static final int ENOENT = 2;
  private static final int EIO = 5;

  private static final Duration LOOK = Duration.ofSeconds(30);

  private final Aside aside = new Aside(LOOK);
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final Log log;

  Lockspaces(Log log) {
    this.log = log;
  }

  /** CREATE_LOCKSPACE: it may exist. */
  Optional<RpcError> provide(String path) {
    if (path.isEmpty() || known.contains(path)) {
      return Optional.empty();
    }
    Optional<RpcError> fault = directoryAside(path);
    if (fault.isEmpty() && known.add(path)) {
      log.warn(
          "libvirt is configured to lock in the directory "
              + path
              + " (file_lockspace_dir, lvm_lockspace_dir or scsi_lockspace_dir in qemu-lockd.conf):"
              + " that hides the paths of disks, so guests with such disks will be refused; remove"
              + " the line and restart libvirt");
    }
    return fault;
  }

  /** NEW: it must not exist. */
  Optional<RpcError> make(String path) {
    if (path.isEmpty()) {
      return Optional.of(RpcError.invalid("the default lockspace already exists"));
    }
    if (known.contains(path)) {
      return Optional.of(RpcError.internal("Lockspace for path " + path + " already exists"));
    }
    return provide(path);
  }

  private Optional<RpcError> directoryAside(String path) {
    try {
      return aside.get("Lockspace location " + path, () -> directory(path));
    } catch (LeaseFailure e) {
      return Optional.of(RpcError.system(e.words(), EIO));
    }
  }

  private static Optional<RpcError> directory(String path) {
    try {
      Path directory = Path.of(path);
      if (!directory.isAbsolute()) {
        return Optional.of(RpcError.lockInternal("Lockspace location " + path + " is relative"));
      }
      if (Files.isDirectory(directory)) {
        return Optional.empty();
      }
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(
            RpcError.lockInternal(
                "Lockspace location " + path + " exists, but is not a directory"));
      }
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of(RpcError.lockInternal("Lockspace location " + path + " is no path"));
    } catch (IOException e) {
      return Optional.of(
          RpcError.system("Unable to create lockspace " + path + ": " + e.getMessage(), errno(e)));
    }
  }

  private static int errno(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> EACCES;
      case NoSuchFileException _ -> ENOENT;
      default -> EIO;
    };
  }

  /** What is asked for. */
  Wanted wanted(LockCall.AcquireResource call) throws LeaseFailure {
    if (call.path().isEmpty()) {
      return new Wanted.Disk(call.name(), call.shared());
    }
    if (call.autocreate() || known.contains(call.path())) {
      throw new LeaseFailure(
          LeaseFailure.Kind.UNAVAILABLE,
          "libvirt asks for a lock in the directory "
              + call.path()
              + " and hides which disk it is for, so other hosts could not be kept off it; remove"
              + " file_lockspace_dir, lvm_lockspace_dir and scsi_lockspace_dir from"
              + " /etc/libvirt/qemu-lockd.conf and restart libvirt");
    }
    String file = parent(call.path());
    aside.get(
        "<lease> at " + file,
        () -> {
          checkLeaseFile(file, call);
          return true;
        });
    return new Wanted.Element(file, name(call.path()), call.name(), call.shared());
  }

  /** What is given up. */
  Wanted.Key key(String path, String name) {
    return path.isEmpty() ? new Wanted.DiskKey(name) : new Wanted.ElementKey(name(path), name);
  }

  private static void checkLeaseFile(String file, LockCall.AcquireResource call)
      throws LeaseFailure {
    String lease = "<lease> with key " + call.name() + " in lockspace " + name(call.path());
    try {
      BasicFileAttributes found = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
      if (found.isDirectory()) {
        throw unusable(lease, "its <target path> " + file + " is a directory");
      }
    } catch (NoSuchFileException | InvalidPathException e) {
      throw unusable(lease, "its <target path> " + file + " does not exist");
    } catch (IOException e) {
      throw unusable(lease, "its <target path> " + file + " cannot be looked at: " + e);
    }
  }

  private static LeaseFailure unusable(String lease, String reason) {
    return new LeaseFailure(
        LeaseFailure.Kind.UNAVAILABLE,
        lease
            + ": "
            + reason
            + "; name the file or device with the lease, made by \"sanlock direct init -r"
            + " LOCKSPACE:KEY:PATH:0\"");
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
