// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.List;

/** Replies to what failed, and what handlers need to read requests. */
final class Answers {
  private Answers() {}

  /**
   * A reply that says what went wrong. Some have their body on errors too: then it echoes the
   * request (docs/spec/wire.md 4.17, 4.26).
   */
  static Answer failed(Command command, Header header, RequestBody body, ErrorCode code) {
    Header reply = header.reply(code.number());
    return switch (command) {
      case READ_LOCKSPACE -> Answer.with(reply, new ReplyBody.OfLockspace(lockspaceOr(body)));
      case READ_RESOURCE -> Answer.with(reply, new ReplyBody.OfResource(resourceOr(body)));
      case READ_RESOURCE_OWNERS ->
          Answer.with(reply, new ReplyBody.Owners(resourceOr(body), List.of()));
      case CREATE_RESOURCE, DELETE_RESOURCE, LOOKUP_RINDEX, UPDATE_RINDEX ->
          Answer.with(reply, new ReplyBody.OfEntry(WireEntry.NONE));
      default -> Answer.result(header, code.number());
    };
  }

  private static WireLockspace lockspaceOr(RequestBody body) {
    return body instanceof RequestBody.OfLockspace of
        ? of.lockspace()
        : WireLockspace.named(Name.EMPTY);
  }

  private static WireResource resourceOr(RequestBody body) {
    return body instanceof RequestBody.OfResource of
        ? of.resource().withoutDisks()
        : WireResource.of(Name.EMPTY, Name.EMPTY, List.of());
  }

  /** The lockspace of a request that has one. */
  static WireLockspace lockspace(RequestBody body) {
    return switch (body) {
      case RequestBody.OfLockspace of -> of.lockspace();
      case RequestBody.OfEvent of -> of.lockspace();
      default -> throw unexpected(body);
    };
  }

  /** The resource of a request that has one. */
  static WireResource resource(RequestBody body) {
    return switch (body) {
      case RequestBody.OfResource of -> of.resource();
      case RequestBody.Value of -> of.resource();
      default -> throw unexpected(body);
    };
  }

  static IllegalStateException unexpected(RequestBody body) {
    return new IllegalStateException("a body of the wrong shape: " + body.getClass());
  }

  /**
   * A path as the file system knows it.
   *
   * @throws LeaseException EINVAL if it has no end or is not UTF-8
   */
  static String path(PathField field) throws LeaseException {
    return field
        .usable()
        .orElseThrow(
            () ->
                new LeaseException(
                    ErrorCode.EINVAL, "a path of more than 1023 bytes, or not in UTF-8"));
  }
}
