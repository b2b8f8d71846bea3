(* SPDX-License-Identifier: Apache-2.0

Module: Libvirt_sanlock
  /etc/libvirt/qemu-sanlock.conf, of libvirt's sanlock plugin.

About: Tree
  That of libvirt's own lens for every file that it accepts. Accepted beyond
  that: whatever libvirt accepts (see Leasehold), keys that nobody knows too:
  their values are kept as they are written, with quotes or brackets. *)

module Libvirt_sanlock =
  autoload xfm

  let bools   = Leasehold.bools | /ignore_readonly_and_shared_disks/
  let numbers = Leasehold.numbers | /host_id/
  let known   = bools | numbers | Leasehold.texts
  let unknown = /[A-Za-z][A-Za-z0-9_]*/ - known

  let item    = /[+-]?[0-9]+|"[^"\r\n]*"|'[^'\r\n]*'/
  let gap     = /[ \t\r\n]*/
  let list (i:regexp) = /\[/ . gap . (i . gap . (/,/ . gap . i . gap)* . (/,/ . gap)?)? . /\]/
  let raw     = item | list (item | list item)

  let entry (e:lens) =
      Leasehold.entry_of bools Leasehold.bool e
    | Leasehold.entry_of numbers Leasehold.number e
    | Leasehold.strings Leasehold.texts e
    | Leasehold.entry_of unknown (store raw) e

  let lns = ( entry Leasehold.tail | Leasehold.comment | Leasehold.empty )*

  let xfm = transform lns (incl "/etc/libvirt/qemu-sanlock.conf")
