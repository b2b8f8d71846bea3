// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.util.List;

/** What follows the header of a reply. */
public sealed interface ReplyBody {

  /** Nothing: a result reply. */
  record None() implements ReplyBody {
    /** The only value needed. */
    public static final None NONE = new None();
  }

  /** READ_LOCKSPACE. */
  record OfLockspace(WireLockspace lockspace) implements ReplyBody {}

  /** GET_LOCKSPACES. */
  record Lockspaces(List<WireLockspace> lockspaces) implements ReplyBody {
    /** Copies the list. */
    public Lockspaces {
      lockspaces = List.copyOf(lockspaces);
    }
  }

  /** READ_RESOURCE: without disks. */
  record OfResource(WireResource resource) implements ReplyBody {}

  /** READ_RESOURCE_OWNERS. */
  record Owners(WireResource resource, List<WireHost> owners) implements ReplyBody {
    /** Copies the list. */
    public Owners {
      owners = List.copyOf(owners);
    }
  }

  /** GET_HOSTS. */
  record Hosts(List<WireHost> hosts) implements ReplyBody {
    /** Copies the list. */
    public Hosts {
      hosts = List.copyOf(hosts);
    }
  }

  /** INQUIRE: a string with its NUL. GET_LVB: a value. LOG_DUMP: text without NUL. */
  record Bytes(Octets bytes) implements ReplyBody {}

  /** CREATE, DELETE, LOOKUP, UPDATE. */
  record OfEntry(WireEntry entry) implements ReplyBody {}

  /** STATUS, HOST_STATUS, RENEWAL: records until the daemon closes. */
  record States(List<WireState> states) implements ReplyBody {
    /** Copies the list. */
    public States {
      states = List.copyOf(states);
    }
  }
}
