// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.util.List;

/** A request: header and body. */
public record Request(Header header, RequestBody body) {

  /** A request whose header states its true length. */
  public static Request of(Command command, int flags, int data, int data2, RequestBody body) {
    return new Request(Header.request(command, flags, size(body), data, data2), body);
  }

  /** The bytes. */
  public byte[] encode() {
    Layout out = Layout.writing(Header.SIZE + size(body)).put(header.encode());
    switch (body) {
      case RequestBody.None() -> {}
      case RequestBody.OfLockspace(WireLockspace lockspace) -> lockspace.write(out);
      case RequestBody.OfEvent(WireLockspace lockspace, WireHostEvent event) -> {
        lockspace.write(out);
        event.write(out);
      }
      case RequestBody.OfResource(WireResource resource) -> resource.write(out);
      case RequestBody.OfResources(List<WireResource> resources) ->
          resources.forEach(resource -> resource.write(out));
      case RequestBody.Acquire(List<WireResource> resources, WireOptions options) -> {
        resources.forEach(resource -> resource.write(out));
        options.write(out);
      }
      case RequestBody.KillPath(Octets path, Octets arguments) ->
          out.octets(path, RequestBody.KillPath.FIELD)
              .octets(arguments, RequestBody.KillPath.FIELD);
      case RequestBody.OfDisk(WireDisk disk) -> disk.write(out);
      case RequestBody.Value(WireResource resource, Octets value) -> {
        resource.write(out);
        out.octets(value, value.length());
      }
      case RequestBody.OfIndex(WireIndex index) -> index.write(out);
      case RequestBody.OfEntry(WireIndex index, WireEntry entry) -> {
        index.write(out);
        entry.write(out);
      }
    }
    return out.array();
  }

  private static int size(RequestBody body) {
    return switch (body) {
      case RequestBody.None() -> 0;
      case RequestBody.OfLockspace(WireLockspace lockspace) -> WireLockspace.SIZE;
      case RequestBody.OfEvent(WireLockspace lockspace, WireHostEvent event) ->
          WireLockspace.SIZE + WireHostEvent.SIZE;
      case RequestBody.OfResource(WireResource resource) -> resource.size();
      case RequestBody.OfResources(List<WireResource> resources) -> size(resources);
      case RequestBody.Acquire(List<WireResource> resources, WireOptions options) ->
          size(resources) + WireOptions.SIZE;
      case RequestBody.KillPath(Octets path, Octets arguments) -> 2 * RequestBody.KillPath.FIELD;
      case RequestBody.OfDisk(WireDisk disk) -> WireDisk.SIZE;
      case RequestBody.Value(WireResource resource, Octets value) ->
          resource.size() + value.length();
      case RequestBody.OfIndex(WireIndex index) -> WireIndex.SIZE;
      case RequestBody.OfEntry(WireIndex index, WireEntry entry) -> WireIndex.SIZE + WireEntry.SIZE;
    };
  }

  private static int size(List<WireResource> resources) {
    return resources.stream().mapToInt(WireResource::size).sum();
  }
}
