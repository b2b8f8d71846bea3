(* SPDX-License-Identifier: Apache-2.0 *)
module Test_leasehold =

  let all = "# Leasehold
auto_disk_leases = 1
disk_lease_dir = \"/var/lib/libvirt/sanlock\"
host_id = \"auto\"

require_lease_for_disks = 0
io_timeout = 0
user = \"root\"
group = 'root' # of the daemon
lease_identity = \"device\"
protect_backing_files = 1; lost_lease_action = \"guest\"
grace_period = 40
watchdog = \"auto\"
watchdog_device = \"/dev/watchdog\"
watchdog_fire_timeout = 60
host_name = \"kvm1\"
min_hosts = 62
max_hosts = 2000
sanlock_socket = \"\"
virtlockd_socket = \"/run/libvirt/virtlockd-sock\"
libvirt_uri = \"qemu:///system\"
metrics_listen = \"[::1]:9600\"
"

  test Leasehold.lns get all =
    { "#comment" = "Leasehold" }
    { "auto_disk_leases" = "1" }
    { "disk_lease_dir" = "/var/lib/libvirt/sanlock" }
    { "host_id" = "auto" }
    { "#empty" }
    { "require_lease_for_disks" = "0" }
    { "io_timeout" = "0" }
    { "user" = "root" }
    { "group" = "root" { "#comment" = "of the daemon" } }
    { "lease_identity" = "device" }
    { "protect_backing_files" = "1" }
    { "lost_lease_action" = "guest" }
    { "grace_period" = "40" }
    { "watchdog" = "auto" }
    { "watchdog_device" = "/dev/watchdog" }
    { "watchdog_fire_timeout" = "60" }
    { "host_name" = "kvm1" }
    { "min_hosts" = "62" }
    { "max_hosts" = "2000" }
    { "sanlock_socket" }
    { "virtlockd_socket" = "/run/libvirt/virtlockd-sock" }
    { "libvirt_uri" = "qemu:///system" }
    { "metrics_listen" = "[::1]:9600" }

  (* The rest of the file stays as it was. *)
  test Leasehold.lns put "  # x\nhost_id = 'auto' # y\nuser='a'\n" after
    set "/host_id" "7" ;
    set "/user" "b" ;
    set "/disk_lease_dir" "/srv/l" =
    "  # x\nhost_id = 7 # y\nuser='b'\ndisk_lease_dir = \"/srv/l\"\n"

  (* A quote in a string asks for the other kind of quotes. *)
  test Leasehold.lns put "user = \"a\"\n" after set "/user" "it's" = "user = \"it's\"\n"
  test Leasehold.lns put "user = \"a\"\n" after set "/user" "a \"b\"" = "user = 'a \"b\"'\n"

  test Leasehold.lns get "unknown_key = 1\n" = *
  test Leasehold.lns get "watchdog = \"maybe\"\n" = *
  test Leasehold.lns get "auto_disk_leases = 2\n" = *
  test Leasehold.lns get "host_id = -1\n" = *
