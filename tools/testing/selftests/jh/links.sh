#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Links between two cells: bytes there and back, a side that comes and goes a hundred times, one that
# attacks the other. The cells never poll: a lost bell makes the test hang.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

LIVES=${1:-100}

# Create, load and start: CELL FILE MODE
link_up()
{
	check "$1: run, $3" jhctl cell run "$2" $INMATES/link.bin --args "$3"
}

echo_up()
{
	check "$1: run, link-echo" jhctl cell run "$2" $INMATES/link-echo.bin
}

# How often link-a has said it: WORD
told()
{
	number=$(jhctl console link-a | sed -n "s/^link-echo: $1 \([0-9]*\).*/\1/p" | tail -n 1)
	echo "${number:-0}"
}

has_told()
{
	[ "$(told "$1")" -ge "$2" ]
}

# A side of a link in `cell show`: CELL KEY
side()
{
	jhctl cell show "$1" --json | sed -n "s/.*\"$2\": \"*\([^\",]*\).*/\1/p" | tail -n 1
}

# Bytes there and back, as often as link-b comes: WHICH TIME
exchange()
{
	link_up link-b "$CELLS/link-b.cell" mode=test
	check "link-b ends, $1" await 600 is_in_state link-b "shut down" failed stopped
	jhctl console link-b | tr -d '\r' >"$work/out"
	grep -E '^(not )?ok|^#' "$work/out" >"$work/lines"
	while IFS= read -r line; do
		case $line in
		"ok "*) result 0 "link-b: ${line#ok * - }, $1" ;;
		"not ok "*) cp "$work/lines" "$work/why"
			result 1 "link-b: ${line#not ok * - }, $1" ;;
		esac
	done <"$work/lines"
	matches "link-b: all of it was seen, $1" "$(tail -n 1 "$work/out")" '^# end pass=[0-9]* fail=0'
}

refusals()
{
	./blobedit $CELLS/link-b.cell "$work/bells.cell" "link[0].bells=5"
	check "a side that disagrees is refused" sh -c "! jhctl cell create '$work/bells.cell' 2>'$work/text'"
	matches "with both names" "$(cat "$work/text")" 'link\[0\] samples has 5 bells, link\[0\] of cell link-a has 4'
	./blobedit $CELLS/link-b.cell "$work/third.cell" "cell[0].name=third"
	check "a third is refused" sh -c "! jhctl cell create '$work/third.cell' 2>'$work/text'"
	matches "with the name of who has it" "$(cat "$work/text")" 'link\[0\] of cell link-a, whose peer is another cell'
}

# A side that dies and comes back by itself: MODE FIELDS...
lives()
{
	mode=$1
	shift
	before=$(told up)
	check "$mode: a cell that comes back" ./blobedit $CELLS/link-b.cell "$work/lives.cell" "$@"
	link_up link-b "$work/lives.cell" "mode=$mode"
	check "$mode: the other side sees each of $LIVES lives" \
		await $((LIVES * 30)) has_told up $((before + LIVES))
	jhctl cell shutdown --force link-b >/dev/null 2>&1
	check "$mode: and the end of each" await 100 has_told down $((before + LIVES))
	check "$mode: destroy it" jhctl cell destroy link-b
}

attack()
{
	link_up link-b $CELLS/link-b.cell mode=fuzz
	check "fuzz: it comes to its end" await 1200 has_said link-b "fuzz is done"
	check "fuzz: destroy it" jhctl cell destroy link-b
	equal "fuzz: the other side runs" "$(cell_state link-a)" running
	# Its own output, which side 1 can only read, lies behind the page of states and 28 KiB.
	check "a write to what is the other side's" jhctl cell run $CELLS/link-b.cell \
		$INMATES/attack.bin --args "mode=write addr=0x70008000"
	check "ends who did it" await 100 is_in_state link-b failed
	equal "and not the other side" "$(cell_state link-a)" running
	check "destroy it" jhctl cell destroy link-b
	check "a write to the table of states" jhctl cell run $CELLS/link-b.cell \
		$INMATES/attack.bin --args "mode=write addr=0x70000000"
	check "ends who did it too" await 100 is_in_state link-b failed
	check "destroy it again" jhctl cell destroy link-b
}

begin
jh_up sys.cell
echo_up link-a $CELLS/link-a.cell
equal "its other side is not there" "$(side link-a peer)" null
refusals
exchange "first"
equal "each shows the other" "$(side link-a peer) $(side link-b peer)" "link-b link-a"
check "the bells that it rang are counted" [ "$(side link-b rung)" -gt 100 ]
check "destroy link-b" jhctl cell destroy link-b
exchange "again"
check "destroy link-b again" jhctl cell destroy link-b
lives die "cell[0].on_failure=1" "cell[0].max_restarts=$LIVES"
lives reset "cell[0].flags=0x418"
attack
exchange "at last"
check "destroy the echo while the other side is there" jhctl cell destroy link-a
equal "it is told" "$(side link-b peer)" null
check "destroy the other" jhctl cell destroy link-b
jh_down
finish
