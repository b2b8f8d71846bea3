# SPDX-License-Identifier: Apache-2.0
# gate.sh FIFO COMMAND [ARG...]: becomes COMMAND when the word "go" comes through FIFO. Until then
# the process exists, so that leases can be taken in its name, but has not touched anything.
# Without the word (the supervisor gave up or died: end of file) it ends.
IFS= read -r word <"$1" || exit 125
[ "$word" = go ] || exit 125
shift
exec "$@"
