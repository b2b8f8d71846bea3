// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.util.UUID;

/** The arguments of a call (docs/spec/libvirt-lockd.md 3). Flags are as sent, not yet checked. */
public sealed interface LockCall {
  /** ACQUIRE: several owners may hold it so. */
  int SHARED = 1;

  /** ACQUIRE: the file is made and removed with the lock. */
  int AUTOCREATE = 2;

  /** Which procedure this is for. */
  Procedure procedure();

  /** The flag bits; 0 for a procedure without. */
  default int flags() {
    return 0;
  }

  /** The flag bits that the procedure knows. */
  default int knownFlags() {
    return 0;
  }

  /** The payload. */
  byte[] encode();

  /**
   * The owner of locks.
   *
   * @param uuid of the guest
   * @param name of the guest
   * @param id of the guest, unsigned
   * @param pid of its process
   */
  record Register(UUID uuid, String name, int id, int pid, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.REGISTER;
    }

    @Override
    public byte[] encode() {
      return new XdrWriter().uuid(uuid).text(name).number(id).number(pid).number(flags).toBytes();
    }
  }

  /** No further call on this connection. */
  record Restrict(int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.RESTRICT;
    }

    @Override
    public byte[] encode() {
      return new XdrWriter().number(flags).toBytes();
    }
  }

  /** A new lockspace. */
  record NewLockspace(String path, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.NEW;
    }

    @Override
    public byte[] encode() {
      return new XdrWriter().text(path).number(flags).toBytes();
    }
  }

  /** A new resource. */
  record CreateResource(String path, String name, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.CREATE_RESOURCE;
    }

    @Override
    public byte[] encode() {
      return resource(path, name, flags);
    }
  }

  /** A resource no more. */
  record DeleteResource(String path, String name, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.DELETE_RESOURCE;
    }

    @Override
    public byte[] encode() {
      return resource(path, name, flags);
    }
  }

  /** A lock: {@code path} is the lockspace, empty for the default one. */
  record AcquireResource(String path, String name, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.ACQUIRE_RESOURCE;
    }

    @Override
    public int knownFlags() {
      return SHARED | AUTOCREATE;
    }

    /** Whether others may hold it at the same time. */
    public boolean shared() {
      return (flags & SHARED) != 0;
    }

    /** Whether the original would make the file. */
    public boolean autocreate() {
      return (flags & AUTOCREATE) != 0;
    }

    @Override
    public byte[] encode() {
      return resource(path, name, flags);
    }
  }

  /** A lock no more. */
  record ReleaseResource(String path, String name, int flags) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.RELEASE_RESOURCE;
    }

    @Override
    public byte[] encode() {
      return resource(path, name, flags);
    }
  }

  /** A lockspace; it may exist. */
  record CreateLockspace(String path) implements LockCall {
    @Override
    public Procedure procedure() {
      return Procedure.CREATE_LOCKSPACE;
    }

    @Override
    public byte[] encode() {
      return new XdrWriter().text(path).toBytes();
    }
  }

  private static byte[] resource(String path, String name, int flags) {
    return new XdrWriter().text(path).text(name).number(flags).toBytes();
  }

  /**
   * Reads the arguments of a procedure. What follows them is ignored.
   *
   * @throws XdrFault if they are not there
   */
  static LockCall decode(Procedure procedure, byte[] payload) throws XdrFault {
    XdrReader in = new XdrReader(payload);
    return switch (procedure) {
      case REGISTER -> new Register(in.uuid(), in.text(), in.number(), in.number(), in.number());
      case RESTRICT -> new Restrict(in.number());
      case NEW -> new NewLockspace(in.text(), in.number());
      case CREATE_RESOURCE -> new CreateResource(in.text(), in.text(), in.number());
      case DELETE_RESOURCE -> new DeleteResource(in.text(), in.text(), in.number());
      case ACQUIRE_RESOURCE -> new AcquireResource(in.text(), in.text(), in.number());
      case RELEASE_RESOURCE -> new ReleaseResource(in.text(), in.text(), in.number());
      case CREATE_LOCKSPACE -> new CreateLockspace(in.text());
    };
  }
}
