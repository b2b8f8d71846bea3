// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

/** What {@code sanlock help} prints, and the man page quotes. */
public final class Usage {
  /** The text. */
  public static final String TEXT =
      """
      Usage: sanlock daemon [OPTION VALUE]...
             sanlock [client] ACTION [OPTION VALUE]...
             sanlock direct ACTION [OPTION VALUE]...
             sanlock help | version

      The sanlock command of leasehold: options, output and exit codes are those of
      sanlock 3.8.5. Each option is a dash and one letter, then a space and its value.

      daemon (values not given come from /etc/sanlock/sanlock.conf)
        -D          stay in the foreground, log everything to standard error
        -w 0|1      use the watchdog (1)          -g SECONDS  grace for holders (40)
        -e NAME     own name in lockspaces        -b SECONDS  how long hosts are told things
        -U USER -G GROUP  as whom to act (sanlock, if there is such a user)
        -L PRIORITY -S PRIORITY  least urgent line in the log file (4), syslog (3); -1 none
        -H NUMBER   renewals remembered (180)     -l 0|1|2    lock memory (1)
        -h 0|1      real-time priority (0)        -t NUMBER   worker threads (8, not used)
        -o SECONDS  io timeout (10)               -Q -R -a 0|1  as shown in status

      client: asks the daemon
        status [-D] [-o p|s]              gets [-h 1]
        host_status [-s LOCKSPACE] [-D]   renewal -s LOCKSPACE
        log_dump                          version
        shutdown [-f 0|1] [-w 0|1]
        init -s LOCKSPACE | -r RESOURCE [-z 1] [-Z SECTOR -A ALIGN] [-o SECONDS]
        read -s LOCKSPACE | -r RESOURCE [-D] [-h 1]
        align -s LOCKSPACE
        add_lockspace | inq_lockspace | rem_lockspace -s LOCKSPACE
        command -r RESOURCE... -c PROGRAM [ARGUMENT...]
        acquire | convert | release -r RESOURCE... -p PID
        inquire -p PID [-D]
        request -r RESOURCE -f MODE       examine -r RESOURCE | -s LOCKSPACE
        set_event -s LOCKSPACE -i HOST [-g GENERATION] -e EVENT -d DATA
        set_config -s LOCKSPACE -u 0|1 | -O 0|1
        format | rebuild -x INDEX [-Z SECTOR -A ALIGN]
        create | delete | lookup | update -x INDEX -e ENTRY

      direct: reads and writes the storage itself, beside any daemon
        init, read_leader, write_leader -F FILE, dump PATH[:OFFSET[:SIZE]] [-f 1|2],
        next_free PATH[:OFFSET], acquire_id, renew_id, release_id -s LOCKSPACE,
        acquire, release -r RESOURCE -i HOST -g GENERATION,
        format, lookup, update, rebuild -x INDEX

      LOCKSPACE = NAME:HOST_ID:PATH:OFFSET       SECTOR = 512 or 4096
      RESOURCE  = LOCKSPACE_NAME:NAME:PATH:OFFSET[:LVER|:SH]
      INDEX     = LOCKSPACE_NAME:PATH:OFFSET     ALIGN = 1M, 2M, 4M or 8M
      """;

  private Usage() {}
}
