// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.LateTransfer;
import dev.leasehold.storage.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A disk as one host has it open: every transfer is noted and may meet any fate. */
public final class MemStore implements BlockStore {
  private static final Duration TICK = Duration.ofMillis(100);

  private final MemDisk disk;
  private final World world;
  private final List<Op> trace = new ArrayList<>();
  private Function<Op, Fate> fates = op -> Fate.DONE;
  private Consumer<Op> before = op -> {};
  private final List<Flight> flights = new ArrayList<>();
  private int unsettled;

  /** Opens a disk. */
  public MemStore(MemDisk disk, World world) {
    this.disk = disk;
    this.world = world;
  }

  /** The transfers so far, in order. */
  public List<Op> trace() {
    return trace;
  }

  /** What is to become of transfers from now on. */
  public void fates(Function<Op, Fate> decide) {
    fates = decide;
  }

  /** Something to happen just before each transfer, such as a turn of another host. */
  public void before(Consumer<Op> action) {
    before = action;
  }

  /** The host lost power: what is in flight will never land. */
  public void powerOff() {
    List.copyOf(flights).forEach(Flight::vanish);
  }

  /** The disk behind it. */
  public MemDisk disk() {
    return disk;
  }

  @Override
  public String path() {
    return "/mem";
  }

  @Override
  public int ioUnit() {
    return 512;
  }

  @Override
  public Block block(int length) {
    return new MemBlock(length);
  }

  private static final class MemBlock implements Block {
    private final byte[] memory;
    private boolean closed;
    private boolean inFlight;

    MemBlock(int length) {
      memory = new byte[length];
    }

    @Override
    public int length() {
      return memory.length;
    }

    @Override
    public MemorySegment bytes() {
      if (closed || inFlight) {
        throw new IllegalStateException("block is " + (closed ? "closed" : "in flight"));
      }
      return MemorySegment.ofArray(memory);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Override
  public Outcome read(long offset, Block into, Duration timeout) {
    MemBlock block = (MemBlock) into;
    Op op = new Op(false, offset, block.length(), new byte[0]);
    return transfer(
        op,
        block,
        timeout,
        () -> {
          if (!block.closed) {
            MemorySegment.copy(
                disk.bytes(), ValueLayout.JAVA_BYTE, offset, block.memory, 0, block.length());
          }
        });
  }

  @Override
  public Outcome write(long offset, Block from, Duration timeout) {
    MemBlock block = (MemBlock) from;
    byte[] content = block.memory.clone();
    return transfer(
        new Op(true, offset, block.length(), content),
        block,
        timeout,
        () -> disk.put(offset, content));
  }

  private Outcome transfer(Op op, MemBlock block, Duration timeout, Runnable effect) {
    block.bytes();
    long begun = world.now();
    world.turn();
    before.accept(op);
    trace.add(op);
    Duration overtaken = Duration.ofNanos(world.now() - begun);
    if (overtaken.compareTo(timeout) > 0) {
      // So much happened in between that the deadline has passed; it lands all the same.
      Flight flight = new Flight(op, block, effect);
      flight.land();
      return new Outcome.Unknown(flight);
    }
    if (op.offset() + op.length() > disk.length()) {
      return new Outcome.Failed(Outcome.Failed.SHORT, op.toString());
    }
    return switch (fates.apply(op)) {
      case Fate.Fails fails -> {
        if (fails.applied()) {
          effect.run();
        }
        yield new Outcome.Failed(fails.errno(), op.toString());
      }
      case Fate.Slow slow when slow.duration().compareTo(timeout) <= 0 -> {
        if (slow.duration().isPositive()) {
          world.sleep(slow.duration());
        }
        effect.run();
        yield Outcome.Done.DONE;
      }
      case Fate.Slow slow -> {
        Flight flight = new Flight(op, block, effect);
        world.later(slow.duration(), flight::land);
        world.sleep(timeout);
        yield new Outcome.Unknown(flight);
      }
      case Fate.OnCommand onCommand -> {
        Flight flight = new Flight(op, block, effect);
        onCommand.late().attach(flight::land, flight::vanish);
        world.sleep(timeout);
        yield flight.landed ? Outcome.Done.DONE : new Outcome.Unknown(flight);
      }
    };
  }

  private final class Flight implements LateTransfer {
    private final Op op;
    private final MemBlock block;
    private final Runnable effect;
    private boolean landed;
    private boolean over;

    Flight(Op op, MemBlock block, Runnable effect) {
      this.op = op;
      this.block = block;
      this.effect = effect;
      block.inFlight = true;
      flights.add(this);
      unsettled += op.write() ? 1 : 0;
    }

    void land() {
      if (!over) {
        effect.run();
        landed = true;
        end();
      }
    }

    void vanish() {
      if (!over) {
        end();
      }
    }

    private void end() {
      over = true;
      flights.remove(this);
      block.inFlight = false;
      unsettled -= op.write() ? 1 : 0;
    }

    @Override
    public Outcome await(Duration longer) {
      waitUntil(() -> over, longer);
      return over ? (landed ? Outcome.Done.DONE : failed()) : new Outcome.Unknown(this);
    }

    private Outcome failed() {
      return new Outcome.Failed(5, op.toString());
    }
  }

  private boolean waitUntil(java.util.function.BooleanSupplier met, Duration timeout) {
    long end = world.now() + timeout.toNanos();
    while (!met.getAsBoolean() && world.now() < end) {
      Duration left = Duration.ofNanos(end - world.now());
      world.sleep(left.compareTo(TICK) < 0 ? left : TICK);
    }
    return met.getAsBoolean();
  }

  @Override
  public int unsettledWrites() {
    return unsettled;
  }

  @Override
  public boolean awaitWritesSettled(Duration timeout) {
    return waitUntil(() -> unsettled == 0, timeout);
  }

  @Override
  public void close() {}
}
