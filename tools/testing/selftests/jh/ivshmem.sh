#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A link that a cell finds as a PCI device, ivshmem version 2: what is on its bus, bytes there and back
# with a cell that sees the link itself and with Linux, one-shot interrupts, a cell that comes and goes,
# one that does all that it can.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

LIVES=${1:-30}
DEVICE=/dev/jh-link/ivshmem/samples

# Create, load and start the device's side: CELL ARGUMENTS
up()
{
	check "$2: run" jhctl cell run "$1" $INMATES/ivshmem.bin --args "$2"
}

# It says what it has found: WHAT
judged()
{
	check "$1: it comes to its end" await 600 is_in_state ivshmem "shut down" failed stopped
	jhctl console ivshmem | tr -d '\r' >"$work/out"
	equal "$1: no test of the cell fails" "$(grep '^not ok' "$work/out")" ""
	matches "$1: all of it was seen" "$(tail -n 1 "$work/out")" '^# end pass=[1-9][0-9]* fail=0'
	check "$1: destroy it" jhctl cell destroy ivshmem
}

# Link-echo's end of the link has said it: WORD HOW-OFTEN
has_told()
{
	number=$(jhctl console ivshmem-echo | sed -n "s/^link-echo: $1 \([0-9]*\).*/\1/p" | tail -n 1)
	[ "${number:-0}" -ge "$2" ]
}

begin
jh_up sys.cell
check "the plain side" jhctl cell run $CELLS/ivshmem-echo.cell $INMATES/link-echo.bin
up $CELLS/ivshmem.cell mode=test
judged "a cell"
up $CELLS/ivshmem.cell mode=test
judged "again"
up $CELLS/ivshmem.cell mode=fuzz
judged "a cell that does all it can"
equal "the other side runs" "$(cell_state ivshmem-echo)" running

check "a cell that comes back" ./blobedit $CELLS/ivshmem.cell "$work/lives.cell" \
	"cell[0].on_failure=1" "cell[0].max_restarts=$LIVES"
up "$work/lives.cell" mode=die
check "the other side sees each of $LIVES lives" await $((LIVES * 30)) has_told up $((LIVES + 3))
jhctl cell shutdown --force ivshmem >/dev/null 2>&1
check "and the end of each" await 100 has_told down $((LIVES + 3))
check "destroy it" jhctl cell destroy ivshmem
check "destroy the other side" jhctl cell destroy ivshmem-echo

check "a configuration without its host" sh -c "! ./blobedit $CELLS/ivshmem.cell '$work/bad.cell' \
	'link[0].registers=0x9000000' || ! jhctl cell create '$work/bad.cell' 2>'$work/text'"
matches "is refused, with the reason" "$(cat "$work/text")" \
	"ivshmem\[0\]: its link's registers, 0x9000000, are not in the window"

up $CELLS/ivshmem-root.cell mode=test
check "there is a device" [ -c $DEVICE ]
./link_user $DEVICE serve 1 >"$work/served" 2>&1 &
server=$!
# What it maps is gone with the cell.
check "Linux has served it" wait "$server"
equal "one life of it" "$(cat "$work/served")" "1 lives were seen"
judged "with Linux"
jh_down
finish
