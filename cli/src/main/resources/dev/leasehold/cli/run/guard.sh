# SPDX-License-Identifier: Apache-2.0
# guard.sh MARK COMMAND [ARG...]: sees to it that no process of a run outlives the run's leases.
# MARK is the line that all of them have in their environment.
#
# The supervisor (the JVM that renews the leases) says on standard input:
#   child PID START   the command's process: /proc/PID/stat field 22 tells it from a later one
#   until TIME        the command may live until TIME: hundredths of a second of /proc/uptime,
#                     which counts suspended time as CLOCK_BOOTTIME does, in an LXC container from
#                     the container's start
#   done              the leases are given back; the guard ends
# End of file without "done": the supervisor has died. TIME over without a later one: it is frozen,
# or could not renew. In both cases every process of the run is killed. If the supervisor has died,
# COMMAND is run then: it gives back the leases.
trap '' HUP INT QUIT TERM PIPE USR1 USR2 TSTP TTIN TTOU
mark=$1
shift
pid='' start='' until=''

# Sets now, in hundredths of a second.
read_clock() {
  IFS=' ' read -r up rest </proc/uptime
  now=$((${up%.*} * 100 + 1${up#*.} - 100))
}

# Waits at most $1 hundredths of a second for a line: 0 it came, 1 end of file, 2 none came.
next_line() {
  seconds=$(($1 / 100)).$(printf %02d $(($1 % 100)))
  if [ -n "${BASH_VERSION-}" ]; then
    # shellcheck disable=SC3045 # not POSIX, but bash has it
    IFS= read -r -t "$seconds" line && return 0
    [ $? -gt 128 ] && return 2
    return 1
  fi
  # shellcheck disable=SC2016 # for the inner shell
  line=$(timeout "$seconds" sh -c 'IFS= read -r line && printf %s "$line"') && return 0
  [ $? -eq 124 ] && return 2
  return 1
}

# A wait must be short: the timers of a shell stand still while the host is suspended.
if [ -n "${BASH_VERSION-}" ]; then nap=100; else nap=300; fi

# Whether the command's process lives: a dead one that nobody has waited for does not count.
child_lives() {
  [ -n "$pid" ] && stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # the fields after the name in parentheses
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "$start" ]
}

marked() {
  grep -lsxzF -- "$mark" /proc/[0-9]*/environ 2>/dev/null
}

# Kills until nothing is found twice in a row: a process that is just being made may be missed once.
kill_all() {
  clear=0 rounds=0
  while [ $clear -lt 2 ]; do
    clear=$((clear + 1))
    if child_lives; then
      clear=0
      kill -KILL "$pid" 2>/dev/null
    fi
    for environ in $(marked); do
      victim=${environ#/proc/}
      clear=0
      kill -KILL "${victim%/environ}" 2>/dev/null
    done
    rounds=$((rounds + 1))
    if [ $rounds -lt 50 ]; then sleep 0.05 2>/dev/null || sleep 1; else sleep 1; fi
  done
}

why=''
while [ -z "$why" ]; do
  wait=$nap
  if [ -n "$until" ]; then
    read_clock
    left=$((until - now))
    if [ $left -le 0 ]; then
      why=late
      break
    fi
    [ $left -lt $wait ] && wait=$left
  fi
  next_line $wait
  case $? in
    0)
      case $line in
        'child '*)
          line=${line#child }
          pid=${line% *}
          start=${line#* }
          ;;
        'until '*) until=${line#until } ;;
        done) exit 0 ;;
      esac
      ;;
    1) why=died ;;
  esac
done

kill_all
if [ $why = died ]; then
  echo 'leasehold: the supervisor of this command was killed, so the command was killed too' >&2
  exec "$@"
fi
