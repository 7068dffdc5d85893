#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A virtio disk of a cell, whose other end is a program of Linux: read and written, a program that goes
# and another one that comes, a guest that does all that it can, a cell that is destroyed in the midst.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

DEVICE=/dev/jh-link/virtio/disk
MEMORY=0x70000000

# The other end, in the background; what it says is in $work/said: NAME [COUNT]
serve()
{
	rm -f "$work/said"
	./virtio_user $DEVICE "$work/disk" $MEMORY ${2:+"$2"} >"$work/said" 2>&1 &
	server=$!
}

served()
{
	check "$1: the program ends" wait "$server"
	matches "$1: and saw all of it" "$(cat "$work/said")" "$2"
}

# Create, load and start: NAME ARGUMENTS
up()
{
	check "$1: run, $2" jhctl cell run $CELLS/virtio.cell $INMATES/virtio.bin --args "$2"
}

printed()
{
	check "$1: printed" await 400 sh -c "jhctl console virtio | grep -q '$2'"
	equal "$1: no test of the cell fails" "$(jhctl console virtio | grep '^not ok')" ""
}

begin
jh_up sys.cell
dd if=/dev/zero of="$work/disk" bs=4096 count=64 2>/dev/null

up "a disk" mode=test
serve "a disk"
printed "a disk" '^1\.\.'
check "destroy the cell" jhctl cell destroy virtio
served "a disk" '^devices 2 requests 193 refused 0$'
check "what the cell wrote is in the file" [ "$(tr -d '\000' <"$work/disk" | wc -c)" -gt 200000 ]

# After 193 requests, of which the last one was answered, the program goes.
up "two programs" mode=lost
serve "the first one" 193
printed "the first one" 'the other end may go'
served "the first one" '^devices 2 requests 193 refused 0$'
serve "the second one"
printed "the second one" '^1\.\.'
check "shut the cell down" jhctl cell shutdown --force virtio
served "the second one" '^devices 1 requests 64 refused 0$'
check "destroy it" jhctl cell destroy virtio

up "a guest that does all it can" mode=fuzz
serve "a guest that does all it can"
printed "a guest that does all it can" '^1\.\.'
check "destroy it" jhctl cell destroy virtio
served "a guest that does all it can" '^devices [0-9]+ requests [0-9]+ refused [1-9][0-9]*$'

up "destroyed in the midst" mode=fuzz
serve "destroyed in the midst"
check "wait until it is at work" await 200 sh -c "[ \$(jhctl cell stats virtio | grep -o 'bells rung [0-9]*' |
	cut -d ' ' -f 3) -gt 50 ]"
check "destroy it" jhctl cell destroy virtio
check "the program ends" wait "$server"
matches "and says what it saw" "$(cat "$work/said")" '^devices '
check "no device is left" [ ! -e $DEVICE ]
jh_down
finish
