#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Links between a cell and Linux: bytes there and back, permitted mappings, a cell that fails, one that
# is destroyed while Linux has the link open and mapped, and one that comes back 50 times.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

LIVES=${1:-50}
DEVICE=/dev/jh-link/link-root/samples

# Create, load and start: CELL FILE ARGUMENTS
up()
{
	check "$1: run, $3" jhctl cell run "$2" $INMATES/link.bin --args "$3"
}

echo_up()
{
	check "$1: run, link-echo" jhctl cell run "$2" $INMATES/link-echo.bin
}

# A program that holds the link, in the background; its output is in $work/held
hold()
{
	# The program may be slower than whoever looks at what the one before it said.
	rm -f "$work/held"
	./link_user $DEVICE hold >"$work/held" 2>&1 &
	holder=$!
	check "$1: Linux has it open" await 200 grep -q connected "$work/held"
}

held()
{
	check "$1" await 200 grep -q "$2" "$work/held"
}

exchange()
{
	check "bytes come back, $1" ./link_user $DEVICE echo 200000
}

begin
jh_up sys.cell
check "no link, no device" [ ! -e /dev/jh-link ]
echo_up link-root $CELLS/link-root.cell
check "there is a device" [ -c $DEVICE ]
matches "with an interrupt" "$(cat /proc/interrupts)" 'jh-link-link-root-samples'
equal "what may be mapped, and how" "$(./link_user $DEVICE rights 2>&1)" \
	"table 0 common 1 mine 1 theirs 0 all 0 read-all 1 later 0 beyond 0 private 0 code 0 registers 1"
exchange first
exchange again
check "jhctl measures it" jhctl bench link link-root/samples -c 500 --json
equal "each size has a throughput" "$(jhctl bench link link-root/samples -c 1 --json |
	grep -c '"bytes_per_second": [1-9]')" 5

hold "two at once"
check "a second program is refused" sh -c "! ./link_user $DEVICE rights 2>'$work/text'"
matches "because it is busy" "$(cat "$work/text")" 'busy'
check "shut the cell down" jhctl cell shutdown --force link-root
held "the end is told" '^over: the cell is stopped'
check "a second jhctl is refused" sh -c "! jhctl bench link link-root/samples 2>'$work/text'"
matches "because the link is open" "$(cat "$work/text")" 'another program has .* open'
check "destroy the cell, which is open and mapped" jhctl cell destroy link-root
held "its memory is gone" '^gone: the cell was destroyed'
check "and the program ends well" wait "$holder"
check "no device is left" [ ! -e $DEVICE ]

check "jhctl has nobody to measure" jhctl cell create $CELLS/link-root.cell
check "that is refused" sh -c "! jhctl bench link link-root/samples 2>'$work/text'"
matches "in words" "$(cat "$work/text")" 'nobody is on the other side: the cell is created'
check "destroy it" jhctl cell destroy link-root

# UIO: it is used if it is there when the cell is created, and not loaded for that.
uio()
{
	grep -l jh-link-link-root-samples /sys/class/uio/uio*/name 2>/dev/null | cut -d / -f 5
}

equal "UIO is not loaded, and the cells before had no need of it" "$(uio)" ""
check "load UIO" modprobe uio
echo_up link-root $CELLS/link-root.cell
check "the link is a device of UIO" [ -n "$(uio)" ]
equal "with its maps" "$(cat /sys/class/uio/"$(uio)"/maps/map*/name | tr '\n' ' ')" \
	"registers states output input common "
check "bytes come back through it" ./uio_user "$(uio)" echo 50000
check "and again" ./uio_user "$(uio)" echo 5000
equal "what the other side writes is only read" "$(./uio_user "$(uio)" write)" \
	"states 11 input 11 output 0"
exchange "by the other device"
rm -f "$work/held"
./uio_user "$(uio)" hold >"$work/held" 2>&1 &
holder=$!
check "UIO has it" await 200 grep -q connected "$work/held"
check "the other device is refused" sh -c "! ./link_user $DEVICE rights 2>'$work/text'"
matches "because it is busy" "$(cat "$work/text")" 'busy'
check "destroy the cell, which UIO has open and mapped" jhctl cell destroy link-root
check "the program ends" wait "$holder"
matches "and saw that it went" "$(cat "$work/held")" 'gone: .*, state 1, memory 1'
equal "no device of UIO is left" "$(uio)" ""
check "nobody holds UIO any more" rmmod uio

# Eventfds: no program between the bells and those who wait for them.
echo_up link-root $CELLS/link-root.cell
rm -f "$work/held"
./linkfd_user $DEVICE 50000 >"$work/held" 2>&1 &
holder=$!
held "bytes come back by eventfds" '^by eventfds'
held "bells are read again without them" '^by the file'
# link-echo also looks by itself, ten times a second. Cell 0 is root.
check "those that eventfds ring are rung" await 50 sh -c "[ \$(jhctl cell stats 0 |
	sed -n 's/.*: to link-root, .*bells rung \([0-9]*\),.*/\1/p') -gt 20 ]"
check "destroy the cell, with eventfds bound" jhctl cell destroy link-root
check "the program ends well" wait "$holder"
held "and is told that the link is gone" '^gone'
echo_up link-root $CELLS/link-root.cell
rm -f "$work/held"
./linkfd_user $DEVICE 50000 >"$work/held" 2>&1 &
holder=$!
held "another one binds them" '^by the file'
check "kill it, with eventfds bound" kill -9 "$holder"
wait "$holder"
exchange "after it"
check "destroy the cell" jhctl cell destroy link-root

# The cell sends, hears Linux answer, and does what no cell may, again and again.
check "a cell that comes back" ./blobedit $CELLS/link-root.cell "$work/lives.cell" \
	"cell[0].on_failure=1" "cell[0].max_restarts=$LIVES"
up link-root "$work/lives.cell" mode=die
check "Linux sees each of $LIVES lives" ./link_user $DEVICE serve $LIVES
check "destroy the cell" jhctl cell destroy link-root

echo_up link-root $CELLS/link-root.cell
hold "a cell that is destroyed as it runs"
check "destroy it" jhctl cell destroy link-root
held "that is told" '^gone: the cell was destroyed'
check "and the program ends" wait "$holder"

# What the other side does at random is an end of the measurement, whatever it says.
up link-root $CELLS/link-root.cell mode=fuzz
check "a peer that is no echo is refused" sh -c "! jhctl bench link link-root/samples 2>'$work/text'"
matches "that is told" "$(cat "$work/text")" '^jh: '
check "destroy the fuzzer" jhctl cell destroy link-root

# A cell without the link has neither its registers nor its memory.
echo_up link-root $CELLS/link-root.cell
./blobedit $CELLS/link-b.cell "$work/third.cell" -link "cell[0].name=third" "cpu[0].cpu=3"
echo_up third "$work/third.cell"
check "a third cell cannot ring: it ends" await 100 is_in_state third failed
check "destroy the third" jhctl cell destroy third
exchange "after it"
check "destroy the cell at last" jhctl cell destroy link-root

jh_down
finish
