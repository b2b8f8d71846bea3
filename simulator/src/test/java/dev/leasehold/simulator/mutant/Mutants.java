// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import static dev.leasehold.simulator.cluster.Fault.CLEANUP;
import static dev.leasehold.simulator.cluster.Fault.CRASH;
import static dev.leasehold.simulator.cluster.Fault.DAEMON_KILL;
import static dev.leasehold.simulator.cluster.Fault.DAEMON_PAUSE;
import static dev.leasehold.simulator.cluster.Fault.FAILED_IO;
import static dev.leasehold.simulator.cluster.Fault.GUEST_KILL;
import static dev.leasehold.simulator.cluster.Fault.LATE_IO;
import static dev.leasehold.simulator.cluster.Fault.LATE_WATCHDOG;
import static dev.leasehold.simulator.cluster.Fault.LEAVE;
import static dev.leasehold.simulator.cluster.Fault.MIXED_TIMEOUTS;
import static dev.leasehold.simulator.cluster.Fault.PATH_LOSS;
import static dev.leasehold.simulator.cluster.Fault.SLOW_IO;
import static dev.leasehold.simulator.cluster.Fault.STORAGE_LOSS;
import static dev.leasehold.simulator.cluster.Fault.STUBBORN_GUEST;
import static dev.leasehold.simulator.cluster.Fault.STUCK_IO;
import static dev.leasehold.simulator.cluster.Fault.SUSPEND;
import static dev.leasehold.simulator.cluster.Fault.TWIN_ID;
import static dev.leasehold.simulator.cluster.Fault.TWIN_NAME;
import static dev.leasehold.simulator.cluster.Fault.UNKILLABLE_GUEST;

import dev.leasehold.simulator.cluster.WorstCase.Way;
import java.util.List;

/** The changes that the simulator must notice. */
final class Mutants {

  private Mutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("the second phase of a ballot is not looked at")
            .from(5)
            .patch("lease", "Ballot", "if (accept.aborts())", "if (false)")
            .with(SLOW_IO)
            .causing("two-holders"),
        Mutant.of("a value that others accepted is not adopted")
            .from(5)
            .patch(
                "lease", "Ballot", "prepare.best().map(Proposal::of).orElse(proposal)", "proposal")
            .with(SLOW_IO)
            .causing("two-holders"),
        Mutant.of("the watchdog's time is not waited for")
            .from(15)
            .patch(
                "lease",
                "Timing",
                "> hostDead(ownerIoTimeout).toSeconds()",
                "> 8L * orOwn(ownerIoTimeout)")
            .with(PATH_LOSS, STUBBORN_GUEST, UNKILLABLE_GUEST, LATE_WATCHDOG)
            .causing("two-holders"),
        Mutant.of("a host is taken over three seconds early")
            .patch(
                "lease",
                "Timing",
                "> hostDead(ownerIoTimeout).toSeconds()",
                "> hostDead(ownerIoTimeout).toSeconds() - 3")
            .with(DAEMON_KILL, DAEMON_PAUSE, UNKILLABLE_GUEST, LATE_WATCHDOG)
            .within(150)
            .causing("two-holders"),
        Mutant.of("a silent owner is taken over one second early")
            .patch(
                "lease",
                "OwnerLiveness",
                "isDead(since, before, ioTimeout(delta))",
                "isDead(since - 1_000_000_000L, before, ioTimeout(delta))")
            .inTheWorstCase(Way.OWNER, 10, 500)
            .causing("two-holders"),
        Mutant.of("a silent owner is taken over two seconds early, and all clocks agree")
            .patch(
                "lease",
                "OwnerLiveness",
                "isDead(since, before, ioTimeout(delta))",
                "isDead(since - 2_000_000_000L, before, ioTimeout(delta))")
            .inTheWorstCase(Way.OWNER, 10, 0)
            .causing("two-holders"),
        Mutant.of("a silent sharer counts as dead one second early")
            .patch(
                "lease",
                "SharedHolders",
                "isDead(since, before, seen.ioTimeout())",
                "isDead(since - 1_000_000_000L, before, seen.ioTimeout())")
            .inTheWorstCase(Way.SHARED, 10, 500)
            .causing("two-holders"),
        Mutant.of("a silent host's id is taken one second early")
            .patch(
                "lease",
                "DeltaAcquire",
                "timing.isDead(since, before, recorded)",
                "timing.isDead(since - 1_000_000_000L, before, recorded)")
            // A join looks every 3 s: now that 8N + W is a multiple of it.
            .inTheWorstCase(Way.HOST_ID, 9, 500)
            .causing("two-holders"),
        Mutant.of("the owner's io timeout is taken to be our own")
            .patch(
                "lease",
                "Timing",
                "8L * orOwn(ownerIoTimeout) + watchdogFire",
                "8L * ioTimeout + watchdogFire")
            .with(PATH_LOSS, DAEMON_PAUSE, UNKILLABLE_GUEST, LATE_WATCHDOG, MIXED_TIMEOUTS)
            .ioTimeout(0)
            .within(150)
            .causing("two-holders"),
        Mutant.of("an owner of the same generation counts as replaced")
            .patch(
                "lease",
                "OwnerLiveness",
                "delta.ownerId() == leader.ownerId() && age > 0",
                "delta.ownerId() == leader.ownerId() && age >= 0")
            .causing("two-holders"),
        Mutant.of("a dblock write drops the mode block")
            .patch(
                "lease",
                "Ballot",
                "new HostSector(mine, ownMode)",
                "new HostSector(mine, ModeBlock.NONE)")
            .with(SLOW_IO, FAILED_IO)
            .causing("two-holders"),
        Mutant.of("a release does not set RELEASED")
            .from(27)
            .patch(
                "lease",
                "PaxosRelease",
                "new HostSector(dblock.released(), mode)",
                "new HostSector(dblock, mode)")
            .with(SLOW_IO)
            .within(150)
            .causing("liveness"),
        Mutant.of("whoever was written by another host counts as having released")
            .from(5)
            .patch(
                "lease",
                "OwnerLiveness",
                "return dblock.isValid() && (released || age > 0);",
                "return true;")
            .with(SLOW_IO)
            .within(150)
            .causing("two-holders"),
        Mutant.of("a failed acquisition is not retracted")
            .from(60)
            .patch(
                "lease",
                "Footprint",
                "return wroteOwn && (proposesUs || namedByLeader);",
                "return false;")
            .with(FAILED_IO, LATE_IO)
            .within(300)
            .causing("liveness"),
        Mutant.of("a lease is trusted after a pause")
            .from(461)
            .patch(
                "engine",
                "lockspace.Membership",
                "() -> lease.ensureValid(spec.name().toString())",
                "() -> {}")
            .with(SUSPEND, SLOW_IO)
            .within(400)
            .causing("two-holders"),
        Mutant.of("a write is sent after one that is still in flight")
            .from(16)
            .patch(
                "lease",
                "LeaseArea",
                "if (store.unsettledWrites() > 0 && !store.awaitWritesSettled(settle))",
                "if (false)")
            .with(LATE_IO, STUCK_IO, PATH_LOSS, GUEST_KILL)
            .within(200),
        Mutant.of("a new delta record is not read back")
            .from(6)
            .patch(
                "lease",
                "DeltaAcquire",
                "if (!found.record().equals(written.record()))",
                "if (false)")
            .with(TWIN_ID, DAEMON_KILL, CRASH, LEAVE, SLOW_IO)
            .within(200)
            .causing("host-id"),
        Mutant.of("shared holders do not stand in the way")
            .patch(
                "lease",
                "SharedHolders",
                "return (seenLeft || silent || age < 0) && provenOnDisk(hostId, generation, seen,"
                    + " silent);",
                "return true;")
            .causing("two-holders"),
        Mutant.of("our own name is always taken over at once, as sanlock does")
            .from(4)
            .patch(
                "lease",
                "DeltaAcquire",
                "record.resourceName().sameName(ownName) && policy == ReacquirePolicy.VOUCHED",
                "record.resourceName().sameName(ownName)")
            .with(DAEMON_KILL)
            .causing("two-holders"),
        Mutant.of("holders of a lost lockspace are not killed")
            .from(73)
            .patch("engine", "lockspace.LockspaceCheck", "kill(loss);", "")
            .with(PATH_LOSS, STORAGE_LOSS)
            .within(150)
            .causing("two-holders"),
        Mutant.of("the watchdog is disarmed although a holder lives")
            .from(4)
            .patch("engine", "lockspace.LockspaceCheck", "if (inUse()) {", "if (false) {")
            .with(PATH_LOSS, LEAVE)
            .causing("two-holders"),
        Mutant.of("the watchdog expires too late")
            .patch(
                "engine",
                "lockspace.RenewalLoop",
                "hold.timestamp() + timing.renewalFail().toSeconds()",
                "hold.timestamp() + 3 * timing.renewalFail().toSeconds()")
            .with(DAEMON_PAUSE, DAEMON_KILL, UNKILLABLE_GUEST, PATH_LOSS)
            .ioTimeout(5)
            .within(100)
            .causing("two-holders"),
        Mutant.of("a lockspace is joined again while a write to our record hangs (bug 1)")
            .from(58)
            .patch("engine", "lockspace.LockspaceLife", "settle(store, failure);", "")
            .patch(
                "lease",
                "SharedHolders",
                "return (seenLeft || silent || age < 0) && provenOnDisk(hostId, generation, seen,"
                    + " silent);",
                "return seenLeft || ((silent || age < 0) && provenOnDisk(hostId, generation, seen,"
                    + " silent));")
            .with(LATE_IO, STUCK_IO, STORAGE_LOSS, PATH_LOSS, FAILED_IO)
            .within(300),
        Mutant.of("a host name counts as unique to its machine (bug 2)")
            .from(48)
            .patch(
                "engine", "lockspace.LockspaceLife", "services.config().uniqueToMachine()", "true")
            .with(TWIN_NAME, CRASH, DAEMON_KILL, PATH_LOSS)
            .within(150),
        Mutant.of("a join does not wait for the host id's owner")
            .patch("lease", "DeltaAcquire", ": timing.isDead(since, before, recorded)", ": true")
            .with(DAEMON_KILL, TWIN_ID)
            .within(100),
        Mutant.of("a leader record that was set back is believed")
            .from(51)
            .patch("lease", "PaxosAcquire", "raiseTo(highestLver);", "")
            .patch(
                "lease",
                "PaxosAcquire",
                "raiseTo(from.own().isValid() ? from.own().lver() : 0);",
                "")
            .with(LATE_IO, STUCK_IO, PATH_LOSS, DAEMON_KILL, CRASH)
            .within(300),
        Mutant.of("a lease file is removed unmarked, and nobody looks at its name again")
            .from(5)
            .patch(
                "lease",
                "LeaseRemoval",
                "clear(area, leader, validity); storage.unlink(path, store, timeout);",
                "storage.unlink(path, store, timeout);")
            .patch("lease", "LeaseRemoval", "if (!readLeader(store).isCleared()) {", "if (false) {")
            .patch(
                "engine", "resource.LeaseTaker", "if (namesLeadHere(entry, open)) {", "if (true) {")
            .with(CLEANUP, SLOW_IO)
            .causing("not-on-disk"));
  }
}
