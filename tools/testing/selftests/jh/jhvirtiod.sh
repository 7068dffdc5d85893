#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# jhvirtiod at the other end of a cell's disk: a disk in several lives, what is refused and how it is
# said, a guest that does all that it can, privileges, a cell that is destroyed in the midst.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

# In the background; what it says is in $work/said: ARGUMENTS
serve()
{
	rm -f "$work/said"
	jhvirtiod virtio "$@" 2>"$work/said" &
	server=$!
}

# NAME EXPRESSION
served()
{
	check "$1: the daemon ends well" wait "$server"
	matches "$1: and saw all of it" "$(cat "$work/said")" "$2"
}

# NAME HOW-OFTEN
printed()
{
	check "$1: printed" await 400 sh -c "[ \$(jhctl console virtio | grep -c '^1\.\.') = $2 ]"
	equal "$1: no test of the cell fails" "$(jhctl console virtio | grep '^not ok')" ""
}

# What jhvirtiod says, and its status: NAME STATUS EXPRESSION ARGUMENTS
refused()
{
	name=$1 status=$2 expression=$3
	shift 3
	said=$(jhvirtiod "$@" 2>&1)
	equal "$name: status" $? "$status"
	matches "$name: words" "$said" "$expression"
}

# What the process may still do
privileges()
{
	sed -n 's/^Uid:\t\([0-9]*\).*/uid \1/p; s/^CapEff:\t/capabilities /p; s/^NoNewPrivs:\t/none new /p
		s/^Seccomp:\t/filter /p; s/^Groups:\t/groups /p' "/proc/$1/status" | tr '\n' ';'
}

load()
{
	jhctl cell load virtio $INMATES/virtio.bin --string "$1" --address 0x1000
}

begin
refused "the module is loaded, jh is not enabled" 1 'jhctl enable' virtio --rng
jh_up sys.cell
dd if=/dev/zero of="$work/disk" bs=4096 count=64 2>/dev/null
refused "there is no cell" 1 'no cell virtio: jhctl cell create' virtio --disk "$work/disk"
check "create" jhctl cell create $CELLS/virtio.cell
refused "no such file" 1 'nothing: No such file' virtio --disk nothing
refused "no such device" 1 'no device for --rng' virtio --rng
refused "no such link" 1 'no virtio device on a link files: disk' virtio --disk files="$work/disk"

serve --disk "disk=$work/disk,serial=JH-1"
check "it is at work" await 100 grep -q "Seccomp:.2" "/proc/$server/status"
equal "it is nobody, and may do nothing" "$(privileges $server)" \
	"uid 65534;groups  ;capabilities 0000000000000000;none new 1;filter 2;"
refused "one more" 1 'held by another program: all devices of a cell' virtio --disk "$work/disk"
check "load" load mode=test
check "start" jhctl cell start virtio
printed "a disk" 1
check "shut down" jhctl cell shutdown --force virtio
check "and once more" jhctl cell start virtio
printed "its second life" 2
check "destroy the cell" jhctl cell destroy virtio
served "a disk" '^disk: disk, lives 4, requests 386, refused 0$'
check "what the cell wrote is in the file" [ "$(tr -d '\000' <"$work/disk" | wc -c)" -gt 200000 ]

check "create" jhctl cell create $CELLS/virtio.cell
check "in the background" jhvirtiod virtio --background --disk "$work/disk"
check "load" load mode=fuzz
check "start" jhctl cell start virtio
printed "a guest that does all it can" 1
check "destroy it" jhctl cell destroy virtio
check "the daemon ends" await 100 sh -c "! pidof jhvirtiod"

check "create" jhctl cell create $CELLS/virtio.cell
serve --disk "$work/disk" --json >"$work/json"
check "load" load mode=fuzz
check "start" jhctl cell start virtio
check "wait until it is at work" await 200 sh -c "[ \$(jhctl cell stats virtio | grep -o 'bells rung [0-9]*' |
	cut -d ' ' -f 3) -gt 50 ]"
check "destroy it in the midst" jhctl cell destroy virtio
check "the daemon ends well" wait "$server"
matches "and says what it saw" "$(cat "$work/json")" '"link": "disk", "kind": "disk", "lives": [1-9]'
jh_down
finish
