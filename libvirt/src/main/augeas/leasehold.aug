(* SPDX-License-Identifier: Apache-2.0

Module: Leasehold
  /etc/leasehold/leasehold.conf, and what Libvirt_sanlock needs as well.

About: Syntax
  libvirt's .conf syntax. Accepted is what libvirt accepts, except a carriage
  return alone in the place of a line feed, and triple quotes around text that
  has quotes.

About: Tree
  KEY = VALUE, strings without their quotes. A comment behind a value is a
  node #comment below the key. Lines of their own are #comment and #empty,
  and so is what follows a semicolon at the end of a line. *)

module Leasehold =
  autoload xfm

  (* Group: parts of a line *)
  let indent   = del /[ \t]*/ ""
  let eq       = del /[ \t]*=[ \t]*/ " = "
  let eol      = del /[ \t\r]*(\n|;)/ "\n"
  let text     = /[^ \t\r\n]([^\n]*[^\r\n])?/
  let comment_end = del /\r*\n/ "\n"
  let empty_comment_end = del /[ \t\r]*\n/ "\n"

  (* A comment on a line of its own, without and with text. *)
  let comment  = [ indent . label "#comment" . del /#[ \t]*/ "# " . store text . comment_end ]
               | [ indent . label "#comment" . del /#/ "#" . empty_comment_end ]

  let empty    = [ label "#empty" . del /[ \t\r]*\n/ "\n" ]

  (* What ends an entry: the end of its line, maybe with a comment, or a semicolon. *)
  let behind   = del /[ \t\r]*#[ \t]*/ " # "
  let behind_empty = del /[ \t\r]*#/ " #"
  let tail     = [ label "#comment" . behind . store text ] . comment_end
               | [ label "#comment" . behind_empty ] . empty_comment_end
               | eol

  (* Group: values. Quotes are kept as they are; a new string gets double ones,
     or whatever its content allows. *)
  let no_quote   = /[^"'\r\n]+/
  let one_single = /[^"\r\n]*'[^"\r\n]*/
  let one_double = /[^'\r\n]*"[^'\r\n]*/
  let lines      = /[^"\n]*\n[^"]*/

  let nothing  = del /""|''|""""""/ "\"\""
  let plain    = square (del /["']|"""/ "\"") (store no_quote) (del /["']|"""/ "\"")
  let single_inside = square (del /"|"""/ "\"") (store one_single) (del /"|"""/ "\"")
  let double_inside = del /'/ "'" . store one_double . del /'/ "'"
  let triple   = del /"""/ "\"\"\"" . store lines . del /"""/ "\"\"\""
  let bool     = store /\+?0*[01]/
  let number   = store /\+?[0-9]+/
  let word (w:regexp) = square (del /["']/ "\"") (store w) (del /["']/ "\"")

  (* Group: entries *)
  let entry_of (k:regexp) (v:lens) (e:lens) = [ indent . key k . eq . v . e ]
  let strings (k:regexp) (e:lens) =
      [ indent . key k . eq . nothing . e ]
    | entry_of k plain e
    | entry_of k single_inside e
    | entry_of k double_inside e
    | entry_of k triple e

  let bools    = /auto_disk_leases|require_lease_for_disks/
  let numbers  = /io_timeout/
  let texts    = /disk_lease_dir|user|group/

  let own_bools   = bools | /protect_backing_files/
  let own_numbers = numbers | /grace_period|watchdog_fire_timeout|min_hosts|max_hosts/
  let own_texts   = texts
                  | /watchdog_device|host_name|sanlock_socket|virtlockd_socket/
                  | /libvirt_uri|metrics_listen/

  let entry (e:lens) =
      entry_of own_bools bool e
    | entry_of (own_numbers | /host_id/) number e
    | entry_of /host_id/ (word /auto/) e
    | entry_of /lease_identity/ (word /path|canonical|device/) e
    | entry_of /lost_lease_action/ (word /guest|kill|poweroff|pause/) e
    | entry_of /watchdog/ (word /auto|wdmd|device|none/) e
    | strings own_texts e

  let lns = ( entry tail | comment | empty )*

  let xfm = transform lns (incl "/etc/leasehold/leasehold.conf")
