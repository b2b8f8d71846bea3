// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.cluster;

import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.simulator.disk.SimFile;
import dev.leasehold.simulator.node.Node;
import java.lang.foreign.MemorySegment;

/**
 * Mends what no host can mend by itself, damaged sectors and host ids given twice: resets every
 * machine, makes lockspace and leases anew, and gives each machine a host id of its own.
 */
final class Administrator {

  private static final long SECOND = 1_000_000_000L;
  private static final String WHY = "administrator";

  private Administrator() {}

  static void mend(World world) {
    world.machines().forEach(machine -> machine.crash(WHY));
    // By then nothing of theirs is in flight any more.
    world.scheduler().after(Machine.ORPHANS_LAND_WITHIN + SECOND, () -> makeAnew(world));
  }

  /**
   * Removes what a cleanup cleared and then did not remove, as every later one does. Nobody can
   * hold such a file.
   */
  static void removeLeftovers(World world) {
    for (String resource : world.resources()) {
      String path = Node.DIRECTORY + "/" + resource;
      if (world.disk().find(path).filter(Administrator::isCleared).isPresent()) {
        world.disk().remove(path);
      }
    }
  }

  private static boolean isCleared(SimFile file) {
    return LeaderRecord.decode(MemorySegment.ofArray(file.sector(0)), 0).isCleared();
  }

  private static void makeAnew(World world) {
    world.format();
    for (Machine machine : world.machines()) {
      machine.giveIdOfItsOwn();
      // One that was booting has the old files open.
      machine.crash(WHY);
    }
  }
}
