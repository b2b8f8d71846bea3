#!/bin/bash
# Two libvirt "hosts" on one machine, for lock manager tests.
#
#   lab.sh deps                      apt-get everything needed (Debian 12, root)
#   lab.sh up MODE[,MODE_B]          build and start both hosts; MODE is
#                                    lockd | sanlock | nop; two modes = per host
#   lab.sh down                      kill both hosts, remove the state directory
#   lab.sh on a|b CMD...             run a command on a host
#   lab.sh virsh a|b ARGS...         run virsh on a host (bounded by VIRSH_TIMEOUT)
#   lab.sh disk NAME [SIZE]          create a raw disk image, print its path
#   lab.sh define a|b NAME DISK...   define a tiny guest; DISK is path[:ro|:shared]
#   lab.sh wait-boot a|b NAME        wait until the guest reacts to the power button
#   lab.sh migrate a|b NAME [OPT...] live-migrate NAME to the other host
#   lab.sh start-svc a|b SVC         start virtlockd | sanlock | libvirtd
#   lab.sh stop-svc  a|b SVC [SIG]   stop it (default TERM), or just signal it
#   lab.sh test-refuse  MODE[,MODE]  show that a second start is refused (up .. down)
#   lab.sh test-migrate MODE         the lease follows a live migration
#   lab.sh test-reboot  MODE         virsh reboot with the lock held
#   lab.sh test-all                  test-refuse lockd, sanlock; test-migrate both
#
# Environment (all optional):
#   LAB            state directory             (default /tmp/libvirt-lab)
#   LOCKD_CMD      lock daemon for lockd mode, run by sh inside the host; it must
#                  create /run/libvirt/virtlockd-sock and stay in the foreground
#                  (default /usr/sbin/virtlockd). LOCKD_CMD_A / LOCKD_CMD_B: per host
#   SANLOCK_CMD    sanlock daemon command; the word HOST is replaced by the host
#                  name (default: /usr/sbin/sanlock daemon -D -w 0 -U root -G root
#                  -h 0 -l 0 -L 7 -S -1 -e HOST). SANLOCK_CMD_A / _B: per host
#   SANLOCK_READY  command that succeeds once the daemon answers
#                  (default: sanlock client status)
#   SANLOCK_UNPRIV auto|0|1   auto: fall back to SANLOCK_PRIVILEGED=0 with
#                  SANLOCK_RUN_DIR=/run/sanlock when the plain start fails
#   IO_TIMEOUT     io_timeout in qemu-sanlock.conf (default 0 = sanlock's 10 s;
#                  1 makes the lockspace join take 2 s instead of 20 s)
#   FILE_LOCKSPACE file_lockspace_dir in qemu-lockd.conf (default unset: direct);
#                  /var/lib/libvirt/lockd is shared between the hosts
#   EXTRA_LOCKD_CONF, EXTRA_SANLOCK_CONF  extra lines for the plugin config
#   QEMU_NOLOCK    1 (default): guests run through a wrapper that adds
#                  "locking":"off" to QEMU's file nodes, so that the lock manager
#                  and not QEMU's own image locking refuses the second start
#   IMAGES         shared (default) | private: with private each host has its own
#                  image directory under the same path (leases stay shared)
#   DOMTYPE        kvm|qemu  (default: kvm if /dev/kvm opens, else qemu)
#   VIRSH_TIMEOUT  seconds per virsh call      (default 120)
#   LAB_RACE       1: start both libvirtd at once on the empty lease directory
#   LAB_LIMIT      seconds for a test-* command (default 600)
#   For define: DOMUUID, ON_LOCKFAILURE, LEASE_XML (raw XML put into <devices>)
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
LAB=${LAB:-/tmp/libvirt-lab}
SHARED=$LAB/shared
VIRSH_TIMEOUT=${VIRSH_TIMEOUT:-120}

die() { echo "lab: $*" >&2; exit 1; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN{printf "%.1f", b-a}'; }
mode_of() { cat "$LAB/$1/mode"; }
other() { if [ "$1" = a ]; then echo b; else echo a; fi; }

hostpid() { cat "$LAB/$1/pid" 2>/dev/null; }
on() { # on HOST CMD...
    local h=$1 p; shift
    p=$(hostpid "$h") || true
    [ -n "$p" ] && [ -d "/proc/$p" ] || die "host $h is not up"
    nsenter -t "$p" -m -p -n -u -r -- env HOME=/root "$@"
}
virsh_on() { local h=$1; shift; on "$h" timeout "$VIRSH_TIMEOUT" virsh -q -c qemu:///system "$@"; }

domtype() {
    if [ -n "${DOMTYPE:-}" ]; then echo "$DOMTYPE"
    elif [ -c /dev/kvm ] && ( : <> /dev/kvm ) 2>/dev/null; then echo kvm
    else echo qemu; fi
}

deps() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends libvirt-daemon-system \
        libvirt-daemon-driver-qemu libvirt-clients libvirt-sanlock sanlock \
        qemu-system-x86 qemu-utils augeas-tools python3 iproute2 util-linux \
        procps strace
}

host_uuid() { case $1 in a) echo 11111111-aaaa-4aaa-8aaa-0000000000a1;; *) echo 22222222-bbbb-4bbb-8bbb-0000000000b2;; esac; }
host_id()   { case $1 in a) echo 1;; *) echo 2;; esac; }

mkhost() { # mkhost HOST MODE
    local h=$1 mode=$2 H=$LAB/$1 d
    for d in etc/libvirt/qemu etc/sanlock var/lib/libvirt var/cache/libvirt var/log/libvirt; do mkdir -p "$H/$d"; done
    echo "$mode" > "$H/mode"
    # start from the packaged configuration, then replace what matters
    cp -a /etc/libvirt/. "$H/etc/libvirt/"
    rm -rf "$H/etc/libvirt/qemu" ; mkdir -p "$H/etc/libvirt/qemu"
    [ -d /etc/sanlock ] && cp -a /etc/sanlock/. "$H/etc/sanlock/"
    cat > "$H/etc/libvirt/libvirtd.conf" <<X
unix_sock_group = "root"
auth_unix_ro = "none"
auth_unix_rw = "none"
host_uuid = "$(host_uuid "$h")"
log_filters = "1:locking 1:qemu.qemu_process 3:*"
log_outputs = "1:file:/var/log/libvirt/libvirtd.log"
X
    cat > "$H/etc/libvirt/qemu.conf" <<X
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = [ ]
cgroup_controllers = [ ]
stdio_handler = "file"
$( [ "$mode" = nop ] || echo "lock_manager = \"$mode\"" )
X
    {   [ -n "${FILE_LOCKSPACE:-}" ] && echo "file_lockspace_dir = \"$FILE_LOCKSPACE\""
        [ -n "${EXTRA_LOCKD_CONF:-}" ] && echo "$EXTRA_LOCKD_CONF"; echo '# lab'
    } > "$H/etc/libvirt/qemu-lockd.conf"
    {   echo "auto_disk_leases = 1"
        echo "disk_lease_dir = \"/var/lib/libvirt/sanlock\""
        echo "host_id = $(host_id "$h")"
        echo "io_timeout = ${IO_TIMEOUT:-0}"
        echo "user = \"root\""
        echo "group = \"root\""
        [ -n "${EXTRA_SANLOCK_CONF:-}" ] && echo "$EXTRA_SANLOCK_CONF"; :
    } > "$H/etc/libvirt/qemu-sanlock.conf"
    echo 'log_filters = "1:locking 1:lockspace"
log_outputs = "1:file:/var/log/libvirt/virtlockd.log"' > "$H/etc/libvirt/virtlockd.conf"
    # an emulator wrapper that disables QEMU's own image locking
    cat > "$H/var/lib/libvirt/qemu-lab" <<'X'
#!/bin/bash
a=()
for x in "$@"; do
    case $x in
    '{"driver":"file",'*|'{"driver":"host_device",'*) x=${x/,/,\"locking\":\"off\",} ;;
    esac
    a+=("$x")
done
exec /usr/bin/qemu-system-x86_64 "${a[@]}"
X
    chmod 755 "$H/var/lib/libvirt/qemu-lab"
}

boot() { # boot HOST : create the namespaces
    local h=$1 H=$LAB/$1 i
    rm -f "$H/ready"
    unshare -m -p -n -u --fork --kill-child --mount-proc \
        sh "$HERE/hostinit.sh" "$H" "$SHARED" "lab$h" "${IMAGES:-shared}" </dev/null >"$H/init.log" 2>&1 &
    echo $! > "$H/unshare.pid"; disown
    for i in $(seq 600); do [ -e "$H/ready" ] && break; sleep 0.1; done
    [ -e "$H/ready" ] || { cat "$H/init.log" >&2; die "host $h did not come up"; }
    # the child of unshare is PID 1 of the namespace
    pgrep -P "$(cat "$H/unshare.pid")" | head -1 > "$H/pid"
}

svc_spawn() { # svc_spawn HOST NAME CMD... : background a foreground daemon
    local h=$1 n=$2; shift 2
    # /run/lab-NAME.pid holds the pid as seen inside the host
    on "$h" rm -f "/run/lab-$n.pid"
    on "$h" setsid sh -c 'echo $$ > /run/lab-$0.pid; exec "$@"' "$n" "$@" </dev/null >>"$LAB/$h/$n.out" 2>&1 &
}
svc_pid() { # svc_pid HOST SVC : pid inside the host (the traced child if under strace)
    on "$1" sh -c 'p=$(cat /run/lab-$0.pid 2>/dev/null) && [ -d /proc/$p ] || exit 1
        case $(cat /proc/$p/comm) in strace) p=$(pgrep -P $p | head -1);; esac; echo $p' "$2"
}
svc_ended() { # svc_ended HOST SVC : it has started, and is gone
    on "$1" sh -c 'p=$(cat /run/lab-$0.pid 2>/dev/null) && [ ! -d /proc/$p ]' "$2"
}
wait_for() { # wait_for HOST SVC SECONDS TEST-COMMAND... ; fails early if SVC exits
    local h=$1 s=$2 t=$3 i; shift 3
    for i in $(seq $((t*10))); do
        on "$h" "$@" >/dev/null 2>&1 && return 0
        svc_ended "$h" "$s" && return 1
        sleep 0.1
    done
    return 1
}
libvirtd_errors() { grep ': error :' "$LAB/$1/var/log/libvirt/libvirtd.log" | tail -3 >&2; }
start_svc() { # start_svc HOST SVC
    local h=$1 s=$2 cmd t0 unpriv up=${1^^}; t0=$(now)
    case $s in
    virtlockd)
        on "$h" rm -f /run/libvirt/virtlockd-sock  # of one that was killed
        cmd=LOCKD_CMD_$up; cmd=${!cmd:-${LOCKD_CMD:-/usr/sbin/virtlockd}}
        svc_spawn "$h" virtlockd sh -c "exec $cmd"
        wait_for "$h" virtlockd 60 test -S /run/libvirt/virtlockd-sock || { tail -20 "$LAB/$h/virtlockd.out" >&2; die "lock daemon on $h: no socket"; } ;;
    sanlock)
        cmd=SANLOCK_CMD_$up
        cmd=${!cmd:-${SANLOCK_CMD:-/usr/sbin/sanlock daemon -D -w 0 -U root -G root -h 0 -l 0 -L 7 -S -1 -e HOST}}
        cmd=${cmd//HOST/lab$h}
        unpriv=${SANLOCK_UNPRIV:-auto}
        [ "$unpriv" = auto ] && [ -e "$LAB/unpriv" ] && unpriv=1
        if [ "$unpriv" != 1 ]; then
            svc_spawn "$h" sanlock sh -c "exec $cmd"
            if wait_for "$h" sanlock 60 ${SANLOCK_READY:-sanlock client status}; then
                echo "lab: sanlock on $h up after $(since $t0)s"; return 0
            fi
            [ "$unpriv" = 0 ] && { tail -5 "$LAB/$h/sanlock.out" >&2; die "sanlock on $h does not answer"; }
            echo "lab: plain sanlock start failed on $h: $(grep -v '^$' "$LAB/$h/sanlock.out" | tail -1)"
            : > "$LAB/unpriv"
        fi
        svc_spawn "$h" sanlock env SANLOCK_PRIVILEGED=0 SANLOCK_RUN_DIR=/run/sanlock sh -c "exec $cmd"
        wait_for "$h" sanlock 60 ${SANLOCK_READY:-sanlock client status} || { tail -5 "$LAB/$h/sanlock.out" >&2; die "sanlock on $h does not answer"; }
        echo "lab: sanlock on $h up after $(since $t0)s (SANLOCK_PRIVILEGED=0)"; return 0 ;;
    libvirtd)
        on "$h" rm -f /run/libvirt/libvirt-sock
        svc_spawn "$h" libvirtd /usr/sbin/libvirtd
        wait_for "$h" libvirtd 60 test -S /run/libvirt/libvirt-sock || { libvirtd_errors $h; die "libvirtd on $h: no socket"; }
        # the first connection blocks until the qemu driver (and with sanlock the
        # lockspace join) is initialised; libvirtd exits if that fails
        virsh_on "$h" uri >/dev/null || { libvirtd_errors $h; die "libvirtd on $h does not answer"; } ;;
    *) die "unknown service $s" ;;
    esac
    echo "lab: $s on $h up after $(since $t0)s"
}
stop_svc() { # stop_svc HOST SVC [SIGNAL]
    local h=$1 s=$2 sig=${3:-TERM} i p
    p=$(svc_pid "$h" "$s") || return 0
    on "$h" kill -"$sig" "$p"
    case $sig in USR1|HUP|STOP|CONT) return 0;; esac
    for i in $(seq 600); do on "$h" test -d "/proc/$p" || return 0; sleep 0.1; done
    echo "lab: $s on $h ignored SIG$sig"; return 1
}

up() {
    local ma=${1%,*} mb=${1#*,} h m
    for m in $ma $mb; do case $m in lockd|sanlock|nop) ;; *) die "mode must be lockd, sanlock or nop" ;; esac; done
    [ "$(id -u)" = 0 ] || die "must be root"
    [ -e "$LAB/a/pid" ] && die "lab already up in $LAB (run down first)"
    mkdir -p "$LAB" && : > "$LAB/.libvirt-lab"
    mkdir -p "$SHARED/leases" "$SHARED/images" "$SHARED/lockd" "$SHARED/sockets"
    chmod 755 "$LAB" "$SHARED" "$SHARED/images"
    mkhost a "$ma"; mkhost b "$mb"
    for h in a b; do boot $h; done
    for h in a b; do
        case $(mode_of $h) in lockd) start_svc $h virtlockd ;; sanlock) start_svc $h sanlock ;; esac
    done
    # Both in parallel, because with sanlock each blocks for the lockspace join.
    # Host b waits until host a has created and initialised the lockspace file:
    # the plugin's own creation is racy (set LAB_RACE=1 to see it).
    ( start_svc a libvirtd ) & h=$!
    if [ -z "${LAB_RACE:-}" ] && [ "$ma" = sanlock ]; then
        for m in $(seq 600); do
            [ "$(head -c 4 "$SHARED/leases/__LIBVIRT__DISKS__" 2>/dev/null | od -An -tx1 | tr -d ' \n0')" ] && break
            sleep 0.1
        done
    fi
    ( start_svc b libvirtd ) || die "host b failed"
    wait $h || die "host a failed"
    echo "lab: up ($1), domain type $(domtype)"
}

down() {
    local h i p pids=
    for h in a b; do pids="$pids $(hostpid $h) $(cat "$LAB/$h/unshare.pid" 2>/dev/null)"; done
    for p in $pids; do kill -KILL "$p" 2>/dev/null; done
    # the first process of a host is a zombie when all the others are gone
    for p in $pids; do
        for i in $(seq 600); do
            [ -d "/proc/$p" ] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$p/status" || break
            sleep 0.1
        done
    done
    [ -e "$LAB/.libvirt-lab" ] && rm -rf --one-file-system "$LAB"
    echo "lab: down"
}

mkdisk() { # mkdisk NAME [SIZE]
    # A raw image whose boot sector sleeps until the ACPI power button is
    # pressed and then powers off, so "virsh shutdown" and "virsh reboot" work:
    #   outw 0x100 -> 0x602 (enable power button); sti; L: hlt; inw 0x600;
    #   test ah,1; jz L; outw 0x2000 -> 0x604 (soft off); jmp L
    local d=$SHARED/images f
    for d in $( [ "${IMAGES:-shared}" = private ] && echo "$LAB"/{a,b}/var/lib/libvirt/images || echo "$SHARED/images"); do
        f=$d/$1
        truncate -s "${2:-8M}" "$f"
        printf '\xba\x02\x06\xb8\x00\x01\xef\xfb\xf4\xba\x00\x06\xed\xf6\xc4\x01\x74\xf6\xba\x04\x06\xb8\x00\x20\xef\xeb\xed' |
            dd of="$f" conv=notrunc status=none
        printf '\x55\xaa' | dd of="$f" bs=1 seek=510 conv=notrunc status=none
        chmod 666 "$f"
    done
    echo "/var/lib/libvirt/images/$1"
}
define() { # define HOST NAME DISK...
    local h=$1 n=$2 d opt i=0 x; shift 2
    x=$LAB/$h/var/lib/libvirt/$n.xml
    {
    echo "<domain type='$(domtype)'><name>$n</name>"
    [ -n "${DOMUUID:-}" ] && echo "<uuid>$DOMUUID</uuid>"
    echo "<memory unit='MiB'>64</memory><vcpu>1</vcpu>"
    echo "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
    echo "<features><acpi/></features>"
    [ -n "${ON_LOCKFAILURE:-}" ] && echo "<on_lockfailure>$ON_LOCKFAILURE</on_lockfailure>"
    echo "<devices><emulator>$([ "${QEMU_NOLOCK:-1}" = 1 ] && echo /var/lib/libvirt/qemu-lab || echo /usr/bin/qemu-system-x86_64)</emulator>"
    for d in "$@"; do
        opt=${d#*:}; [ "$opt" = "$d" ] && opt=; d=${d%%:*}
        printf "<disk type='%s' device='disk'><driver name='qemu' type='%s' cache='none'/><source %s='%s'/><target dev='vd%s' bus='virtio'/>%s</disk>\n" \
            "$(case $d in /dev/*) echo block;; *) echo file;; esac)" \
            "$(case $d in *.qcow2) echo qcow2;; *) echo raw;; esac)" \
            "$(case $d in /dev/*) echo dev;; *) echo file;; esac)" "$d" \
            "$(printf "\\$(printf %03o $((97+i)))")" \
            "$(case $opt in ro) echo '<readonly/>';; shared) echo '<shareable/>';; esac)"
        i=$((i+1))
    done
    [ -n "${LEASE_XML:-}" ] && echo "$LEASE_XML"
    echo "<controller type='usb' model='none'/><memballoon model='none'/>"
    echo "</devices></domain>"
    } > "$x"
    virsh_on "$h" define "/var/lib/libvirt/$n.xml"
}
wait_boot() { # wait_boot HOST NAME : the boot sector has enabled the power button
    local i
    for i in $(seq 60); do
        virsh_on "$1" qemu-monitor-command "$2" --hmp 'i /h 0x602' 2>/dev/null | grep -q '= 0x0100' && return 0
        sleep 0.5
    done
    die "guest $2 did not boot"
}
migrate() { # migrate FROM NAME [VIRSH-OPTIONS...]
    local h=$1 n=$2 o; shift 2; o=$(other "$h")
    rm -f "$SHARED/sockets/mig"
    virsh_on "$h" migrate "$@" --live --p2p --unsafe "$n" \
        "qemu+unix:///system?socket=$LAB/$o/run/libvirt/libvirt-sock" \
        --migrateuri "unix://$SHARED/sockets/mig"
}

check() { # check TEXT EXPECTED-RC(0|1) CMD...
    local t=$1 want=$2 rc out t0; shift 2; t0=$(now)
    out=$("$@" 2>&1); rc=$?; [ $rc = 0 ] || rc=1
    if [ "$want" = $rc ]; then echo "PASS: $t ($(since $t0)s)"; else echo "FAIL: $t ($(since $t0)s)"; FAILED=1; fi
    echo "$out" | sed -n '/./s/^/      | /p' | head -6
}
state_is() { [ "$(virsh_on "$1" domstate "$2" 2>/dev/null)" = "$3" ] || { virsh_on "$1" domstate "$2"; return 1; }; }
gone() { ! state_is "$1" "$2" running >/dev/null 2>&1; }
test_refuse() {
    local d1 d2; FAILED=0
    d1=$(mkdisk one.raw); d2=$(mkdisk two.raw)
    DOMUUID=00000000-0000-4000-8000-000000000001 define a vm1 "$d1" "$d2"
    DOMUUID=00000000-0000-4000-8000-000000000001 define b vm1 "$d1" "$d2"
    define b vm2 "$d2"
    define a vm3 "$d1"
    define a vm4 "$d1:ro"
    check "vm1 starts on host a" 0 virsh_on a start vm1
    check "same domain refused on host b" 1 virsh_on b start vm1
    check "another domain with disk two refused on host b" 1 virsh_on b start vm2
    check "another domain with disk one refused on the same host" 1 virsh_on a start vm3
    [ "${QEMU_NOLOCK:-1}" = 1 ] && check "a readonly user of disk one starts" 0 virsh_on a start vm4
    check "vm1 is suspended on host a: the lock is dropped" 0 virsh_on a suspend vm1
    check "vm1 then starts on host b" 0 virsh_on b start vm1
    check "vm1 cannot resume on host a" 1 virsh_on a resume vm1
    check "vm1 destroyed on host b" 0 virsh_on b destroy vm1
    sleep 1
    check "vm1 resumes on host a" 0 virsh_on a resume vm1
    check "vm1 destroyed on host a" 0 virsh_on a destroy vm1
    sleep 1
    check "vm1 starts on host b" 0 virsh_on b start vm1
    check "vm1 is refused on host a" 1 virsh_on a start vm1
    check "vm1 destroyed on host b" 0 virsh_on b destroy vm1
    return $FAILED
}
test_migrate() {
    local d1 d2; FAILED=0
    d1=$(mkdisk one.raw); d2=$(mkdisk two.raw)
    define a vm1 "$d1" "$d2"; define b vm2 "$d1"; define a vm3 "$d1"
    check "vm1 starts on host a" 0 virsh_on a start vm1
    check "live migration a -> b" 0 migrate a vm1
    check "vm1 runs on host b" 0 state_is b vm1 running
    check "vm1 does not run on host a" 0 gone a vm1
    check "disk one is locked on host b" 1 virsh_on b start vm2
    check "disk one is locked for host a" 1 virsh_on a start vm3
    check "live migration b -> a" 0 migrate b vm1
    check "vm1 runs on host a" 0 state_is a vm1 running
    check "vm1 destroyed on host a" 0 virsh_on a destroy vm1
    sleep 1
    check "disk one is free again" 0 virsh_on b start vm2
    return $FAILED
}
test_reboot() { # with the original managers the guest ends up shut off
    local d1; FAILED=0
    d1=$(mkdisk one.raw); define a vm1 "$d1"
    check "vm1 starts" 0 virsh_on a start vm1
    wait_boot a vm1
    check "virsh reboot" 0 virsh_on a reboot vm1
    sleep 4
    check "vm1 is running after the reboot" 0 state_is a vm1 running
    check "vm1 destroyed" 0 virsh_on a destroy vm1
    return $FAILED
}
run_test() { # run_test FUNCTION MODE
    local rc
    trap 'down' EXIT; trap 'exit 143' TERM INT
    up "$2"
    "$1"; rc=$?
    [ $rc = 0 ] && echo "RESULT: PASS ($1 $2)" || echo "RESULT: FAIL ($1 $2)"
    exit $rc
}

[ $# -ge 1 ] || { sed -n '2,/^set -u/{/^set -u/!s/^# \{0,1\}//p}' "$0"; exit 2; }
c=$1; shift
case $c in
deps) deps ;;
up) up "${1:?mode}" ;;
down) down ;;
on) on "$@" ;;
virsh) virsh_on "$@" ;;
define) define "$@" ;;
disk) mkdisk "$@" ;;
wait-boot) wait_boot "$@" ;;
migrate) migrate "$@" ;;
start-svc) start_svc "$@" ;;
stop-svc) stop_svc "$@" ;;
test-refuse|test-migrate|test-reboot)
    if [ -z "${LAB_INNER:-}" ]; then
        export LAB_INNER=1
        timeout -k 20 "${LAB_LIMIT:-600}" "$0" "$c" "$@"; rc=$?
        [ $rc = 124 ] && { echo "RESULT: FAIL ($c: over LAB_LIMIT)"; LAB_INNER= "$0" down; }
        exit $rc
    fi
    run_test "${c/-/_}" "${1:?mode}" ;;
test-all)
    rc=0
    for t in "test-refuse lockd" "test-refuse sanlock" "test-migrate lockd" "test-migrate sanlock"; do "$0" $t || rc=1; done
    exit $rc ;;
*) die "unknown command $c" ;;
esac
