// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the body of a request as its command demands it (docs/spec/wire.md 1.4, 4). At most 34 KiB
 * are read for a body that is accepted, except for long RELEASE lists.
 */
public final class RequestReader {
  /** The most resources of one ACQUIRE. */
  public static final int MAX_ACQUIRE = 8;

  /** The most resources of one RELEASE; the original's array has 8. */
  public static final int MAX_RELEASE = 1024;

  private final Header header;
  private final ByteSource source;
  private long consumed;

  private RequestReader(Header header, ByteSource source) {
    this.header = header;
    this.source = source;
  }

  /**
   * Reads the body that follows a header.
   *
   * @throws MalformedRequest E2BIG too many resources or too long a value; ERANGE a resource with a
   *     wrong number of disks; EINVAL too short a length for a value
   * @throws IOException of the source; an EOFException if the body is not complete
   */
  public static RequestBody read(Command command, Header header, ByteSource source)
      throws MalformedRequest, IOException {
    return new RequestReader(header, source).body(command.shape());
  }

  private RequestBody body(BodyShape shape) throws MalformedRequest, IOException {
    return switch (shape) {
      case NONE -> RequestBody.None.NONE;
      case LOCKSPACE -> new RequestBody.OfLockspace(WireLockspace.read(take(WireLockspace.SIZE)));
      case LOCKSPACE_EVENT -> {
        Layout in = take(WireLockspace.SIZE + WireHostEvent.SIZE);
        yield new RequestBody.OfEvent(WireLockspace.read(in), WireHostEvent.read(in));
      }
      case RESOURCE -> new RequestBody.OfResource(resource());
      case RESOURCE_DISKS -> new RequestBody.OfResource(resourceWithDisks());
      case ACQUIRE -> acquire();
      case RELEASE -> release();
      case KILLPATH ->
          new RequestBody.KillPath(
              string(RequestBody.KillPath.FIELD), string(RequestBody.KillPath.FIELD));
      case DISK -> new RequestBody.OfDisk(WireDisk.read(take(WireDisk.SIZE)));
      case VALUE -> value();
      case INDEX -> new RequestBody.OfIndex(WireIndex.read(take(WireIndex.SIZE)));
      case INDEX_ENTRY -> {
        Layout in = take(WireIndex.SIZE + WireEntry.SIZE);
        yield new RequestBody.OfEntry(WireIndex.read(in), WireEntry.read(in));
      }
    };
  }

  private RequestBody acquire() throws MalformedRequest, IOException {
    checkCount(MAX_ACQUIRE);
    List<WireResource> resources = new ArrayList<>();
    for (int i = 0; i < header.data(); i++) {
      resources.add(resourceWithDisks());
    }
    return new RequestBody.Acquire(resources, WireOptions.read(take(WireOptions.SIZE)));
  }

  private RequestBody release() throws MalformedRequest, IOException {
    int flags = header.flags();
    if (Flags.has(flags, Flags.RELEASE_ALL)) {
      // The library may send the list although nobody needs it.
      long sent = Math.min(header.statedBody(), Integer.toUnsignedLong(header.data()) * 128);
      checkSize(sent, (long) MAX_RELEASE * WireResource.SIZE);
      take((int) sent);
      return new RequestBody.OfResources(List.of());
    }
    if (Flags.has(flags, Flags.RELEASE_ORPHAN)) {
      return new RequestBody.OfResources(resources(1));
    }
    if (Flags.has(flags, Flags.RELEASE_RENAME)) {
      return new RequestBody.OfResources(resources(2));
    }
    checkCount(MAX_RELEASE);
    return new RequestBody.OfResources(resources(header.data()));
  }

  private List<WireResource> resources(int count) throws IOException {
    List<WireResource> resources = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      resources.add(resource());
    }
    return resources;
  }

  private void checkCount(int most) throws MalformedRequest {
    if (Integer.compareUnsigned(header.data(), most) > 0) {
      throw malformed(
          ErrorCode.E2BIG,
          Integer.toUnsignedString(header.data()) + " resources, at most " + most + " are taken",
          Optional.empty());
    }
  }

  private void checkSize(long size, long most) throws MalformedRequest {
    if (size > most) {
      throw malformed(
          ErrorCode.E2BIG, size + " bytes, at most " + most + " are taken", Optional.empty());
    }
  }

  private WireResource resource() throws IOException {
    return WireResource.read(take(WireResource.SIZE));
  }

  private WireResource resourceWithDisks() throws MalformedRequest, IOException {
    WireResource resource = resource();
    if (!resource.hasPossibleDisks()) {
      throw malformed(
          ErrorCode.ERANGE,
          "a resource with "
              + Integer.toUnsignedString(resource.diskCount())
              + " disks, expected 1 to 4",
          Optional.of(resource));
    }
    return resource.readDisks(take(resource.diskCount() * WireDisk.SIZE));
  }

  private RequestBody value() throws MalformedRequest, IOException {
    WireResource resource = resource();
    long length = Integer.toUnsignedLong(header.length()) - Header.SIZE - WireResource.SIZE;
    if (length < 0) {
      throw malformed(ErrorCode.EINVAL, "a length that leaves no value", Optional.of(resource));
    }
    checkSize(length, RequestBody.Value.MAX);
    return new RequestBody.Value(resource, take((int) length).octets((int) length));
  }

  /** A NUL-terminated string in a field whose last byte counts as NUL. */
  private Octets string(int field) throws IOException {
    byte[] raw = take(field).array();
    int end = 0;
    while (end < field - 1 && raw[end] != 0) {
      end++;
    }
    return Octets.of(raw, 0, end);
  }

  private Layout take(int count) throws IOException {
    byte[] bytes = source.take(count);
    consumed += count;
    return Layout.reading(bytes, 0);
  }

  private MalformedRequest malformed(
      ErrorCode code, String message, Optional<WireResource> resource) {
    return new MalformedRequest(code, message, header.statedBody() - consumed, resource);
  }
}
