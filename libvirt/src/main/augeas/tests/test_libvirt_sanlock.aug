(* SPDX-License-Identifier: Apache-2.0 *)
module Test_libvirt_sanlock =

  (* Every setting of the shipped template, in its order. *)
  test Libvirt_sanlock.lns get "auto_disk_leases = 1
disk_lease_dir = \"/var/lib/libvirt/sanlock\"
host_id = 1
require_lease_for_disks = 1
io_timeout = 0
user = \"root\"
group = \"root\"
" =
    { "auto_disk_leases" = "1" }
    { "disk_lease_dir" = "/var/lib/libvirt/sanlock" }
    { "host_id" = "1" }
    { "require_lease_for_disks" = "1" }
    { "io_timeout" = "0" }
    { "user" = "root" }
    { "group" = "root" }

  (* The trees of libvirt's own lens. *)
  test Libvirt_sanlock.lns get "host_id=1\n" = { "host_id" = "1" }
  test Libvirt_sanlock.lns get "  host_id\t=  5  \n" = { "host_id" = "5" }
  test Libvirt_sanlock.lns get "#auto_disk_leases = 1\n" = { "#comment" = "auto_disk_leases = 1" }
  test Libvirt_sanlock.lns get "#\n" = { "#comment" }
  test Libvirt_sanlock.lns get "##x \n" = { "#comment" = "#x " }
  test Libvirt_sanlock.lns get "\n" = { "#empty" }
  test Libvirt_sanlock.lns get "host_id = 1\nhost_id = 2\n" = { "host_id" = "1" } { "host_id" = "2" }
  test Libvirt_sanlock.lns get "ignore_readonly_and_shared_disks = 1\n" =
    { "ignore_readonly_and_shared_disks" = "1" }

  (* What libvirt accepts beyond that lens. *)
  test Libvirt_sanlock.lns get "host_id = +1 # c\r\nuser = 'it is'; group = \"it's\";\n" =
    { "host_id" = "+1" { "#comment" = "c" } }
    { "user" = "it is" }
    { "group" = "it's" }
    { "#empty" }
  test Libvirt_sanlock.lns get "disk_lease_dir = \"\"\"a\nb\"\"\"\n  # c\n" =
    { "disk_lease_dir" = "a\nb" }
    { "#comment" = "c" }
  test Libvirt_sanlock.lns get "disk_lease_dir = \"C:\\\\x\"\n" = { "disk_lease_dir" = "C:\\\\x" }
  test Libvirt_sanlock.lns get "wibble = [ 1,\n 'b', ]\nwobble = \"5\"\n" =
    { "wibble" = "[ 1,\n 'b', ]" }
    { "wobble" = "\"5\"" }

  test Libvirt_sanlock.lns put "" after set "/host_id" "3" ; set "/user" "root" =
    "host_id = 3\nuser = \"root\"\n"
  test Libvirt_sanlock.lns put "host_id = 1 # c\n" after set "/host_id" "3" = "host_id = 3 # c\n"

  test Libvirt_sanlock.lns get "auto_disk_leases = \"yes\"\n" = *
  test Libvirt_sanlock.lns get "host_id = x\n" = *
