# SPDX-License-Identifier: Apache-2.0
# One client of one sanlock daemon (libsanlock reads SANLOCK_RUN_DIR once per process).
# Each input line is a Python expression; the answer is "ok <repr>" or "err <errno> <text>".
import os, random, select, sys, time
import sanlock

sys.stdout = os.fdopen(os.dup(1), "w", buffering=1)
answer = sys.stdout
os.dup2(2, 1)
fd = None
events = None


def register():
    global fd
    fd = sanlock.register()
    return os.getpid()


def listen(space):
    global events
    events = sanlock.reg_event(space)


def heard(seconds):
    """The next events that this host was told; empty if none came in time."""
    ready, _, _ = select.select([events], [], [], seconds)
    return sanlock.get_event(events) if ready else []


def contend(space, disks, seconds, seed, log, hold_us):
    """Takes and gives back leases at random; every critical section goes to the log."""
    rnd = random.Random(seed)
    refused = 0
    stop = time.monotonic() + seconds
    with open(log, "w") as out:
        while time.monotonic() < stop:
            name, path = rnd.choice(disks)
            shared = rnd.random() < 0.3
            try:
                sanlock.acquire(space, name, [(path, 0)], slkfd=fd, shared=shared)
            except sanlock.SanlockException:
                refused += 1
                time.sleep(rnd.random() * 0.004)
                continue
            begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            version = sanlock.inquire(slkfd=fd)[0]["version"]
            time.sleep(hold_us / 1e6)
            end = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            line = (name.decode(), "sh" if shared else "ex", begin, end, version)
            out.write("%s %s %d %d %d\n" % line)
            try:
                sanlock.release(space, name, [(path, 0)], slkfd=fd)
            except sanlock.SanlockException:
                pass
    return refused


def soak(space, disks, seconds, seed):
    """Asks this and that, sensible or not; how many answers came, and how many of them were no."""
    rnd = random.Random(seed)
    answers = refused = 0
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        name, path = rnd.choice(disks)
        disk = [(path, 0)]
        shared = rnd.random() < 0.5
        lvb = rnd.random() < 0.3
        try:
            rnd.choice([
                lambda: sanlock.acquire(space, name, disk, slkfd=fd, shared=shared, lvb=lvb),
                lambda: sanlock.acquire(space, name, disk, slkfd=fd, version=rnd.randrange(9)),
                lambda: sanlock.release(space, name, disk, slkfd=fd),
                lambda: sanlock.release(space, name, disk, slkfd=fd),
                lambda: sanlock.inquire(slkfd=fd),
                lambda: sanlock.inquire(pid=rnd.randrange(99999)),
                lambda: sanlock.set_lvb(space, name, disk, b"v" * rnd.randrange(600)),
                lambda: sanlock.get_lvb(space, name, disk, rnd.choice([8, 512])),
                lambda: sanlock.read_resource_owners(space, name, disk),
                lambda: sanlock.read_resource(rnd.choice([path, "/nowhere"])),
                lambda: sanlock.get_hosts(space, rnd.randrange(5)),
                lambda: sanlock.get_lockspaces(),
                lambda: sanlock.set_event(space, rnd.randrange(2002), 1, 1),
                lambda: sanlock.end_event(sanlock.reg_event(space), space),
                lambda: sanlock.killpath("/bin/true", ["x"], slkfd=fd),
            ])()
        except sanlock.SanlockException:
            refused += 1
        answers += 1
    return answers, refused


for line in sys.stdin:
    try:
        answer.write("ok %r\n" % (eval(line),))
    except sanlock.SanlockException as e:
        answer.write("err %d %s\n" % (e.errno, e.args[1] if len(e.args) > 1 else e))
    except Exception as e:
        answer.write("err 0 %r\n" % (e,))
