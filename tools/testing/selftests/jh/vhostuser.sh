#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A disk that a back end of vhost-user serves, in several lives: one that dies, and a cell that is
# destroyed while the back end has its memory.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

# In the background; what it says is in $work/back: ARGUMENTS
back_end()
{
	rm -f "$work/socket" "$work/back"
	./vhostuser_user "$work/socket" "$work/disk" "$@" >"$work/back" 2>&1 &
	back=$!
	check "$what: there is a back end" await 100 [ -S "$work/socket" ]
}

# In the background; what it says is in $work/said
serve()
{
	rm -f "$work/said"
	jhvirtiod virtio --disk "vhost-user:$work/socket" 2>"$work/said" &
	server=$!
	check "$what: it is at work" await 100 grep -q "Seccomp:.2" "/proc/$server/status"
}

# HOW-OFTEN
printed()
{
	check "$what: printed" await 400 sh -c "[ \$(jhctl console virtio | grep -c '^1\.\.') = $1 ]"
	equal "$what: no test of the cell fails" "$(jhctl console virtio | grep '^not ok')" ""
}

load()
{
	jhctl cell load virtio $INMATES/virtio.bin --string "$1" --address 0x1000
}

console_has()
{
	jhctl console virtio | grep -q "$1"
}

notified()
{
	[ "$(jhctl cell stats virtio | grep -o 'bells rung [0-9]*' | cut -d ' ' -f 3)" -gt "$1" ]
}

# What jhvirtiod says, and its status: NAME STATUS EXPRESSION ARGUMENTS
refused()
{
	name=$1 status=$2 expression=$3
	shift 3
	said=$(jhvirtiod virtio --disk "$@" 2>&1)
	equal "$name: status" $? "$status"
	matches "$name: words" "$said" "$expression"
}

begin
jh_up sys.cell
dd if=/dev/zero of="$work/disk" bs=4096 count=64 2>/dev/null

what="lives"
check "$what: create" jhctl cell create $CELLS/virtio.cell
refused "no socket" 1 'nothing: no back end for vhost-user: No such file' vhost-user:nothing
refused "no socket, but a file" 1 'no back end for vhost-user: Connection refused' "vhost-user:$work/disk"
refused "what the back end says" 2 'the back end says' vhost-user:nothing,ro
back_end
serve
check "$what: load" load mode=test
check "$what: start" jhctl cell start virtio
printed 1
check "$what: shut down" jhctl cell shutdown --force virtio
check "$what: and once more" jhctl cell start virtio
printed 2
check "$what: destroy the cell" jhctl cell destroy virtio
check "$what: the daemon ends well" wait "$server"
check "$what: and the back end" wait "$back"
# Of what is offered the guest wants version 1.
matches "$what: which saw all of it" "$(cat "$work/back")" 'requests 386, features 140000000$'
check "$what: what the cell wrote is in the file" [ "$(tr -d '\000' <"$work/disk" | wc -c)" -gt 200000 ]

what="death"
check "$what: create" jhctl cell create $CELLS/virtio.cell
back_end
serve
check "$what: load" load mode=lost
check "$what: start" jhctl cell start virtio
check "$what: the guest has seen it work" await 300 console_has 'the other end may go'
kill -9 $back
wait $back
check "$what: the guest is told" await 100 console_has 'ok .* it needs a reset, as nobody is there'
check "$what: jhvirtiod says so" grep -q 'disk: the back end is lost: it has gone' "$work/said"
check "$what: and stays" kill -0 $server
check "$what: until it is told to end" kill $server
check "$what: it ends well" wait "$server"
back_end
serve
printed 1
check "$what: destroy the cell" jhctl cell destroy virtio
check "$what: the daemon ends well" wait "$server"
check "$what: and the back end" wait "$back"

what="destroyed in the midst"
check "$what: create" jhctl cell create $CELLS/virtio.cell
back_end late
serve
check "$what: load" load mode=test
check "$what: start" jhctl cell start virtio
check "$what: it is at work" await 200 notified 50
check "$what: destroy the cell" jhctl cell destroy virtio
check "$what: the daemon ends well" wait "$server"
check "$what: another cell has the memory" jhctl cell create $CELLS/virtio.cell
check "$what: the back end lives on" wait "$back"
matches "$what: in memory of its own" "$(cat "$work/back")" 'found what others wrote 0 times'
check "$what: destroy the other cell" jhctl cell destroy virtio

what="the daemon is killed"
check "$what: create" jhctl cell create $CELLS/virtio.cell
back_end late
serve
check "$what: load" load mode=lost
check "$what: start" jhctl cell start virtio
check "$what: the guest has seen it work" await 300 console_has 'the other end may go'
check "$what: kill it" kill -9 $server
wait $server
check "$what: the guest is told" await 100 console_has 'ok .* it needs a reset, as nobody is there'
check "$what: the back end lives on" wait "$back"
matches "$what: in memory of its own" "$(cat "$work/back")" 'found what others wrote 0 times'
check "$what: destroy the cell" jhctl cell destroy virtio
jh_down
finish
