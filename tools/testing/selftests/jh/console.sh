#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Cells with a virtual UART: input reaches the right cell and no other, output is complete, whatever
# cells and users do; terminals exist as long as their cells.

. "$(dirname "$0")/lib.sh"

# The second cell's
TTY=/dev/ttyJH1
STORM=100000

# CELL INMATE [ARGUMENTS]: create, load, start
console_up()
{
	check "create $1" jhctl cell create "$CELLS/$1.cell"
	console_load "$1" "$2" "$3"
}

console_load()
{
	check "load $2 into $1" jhctl cell load "$1" "$INMATES/$2.bin" -s "$3" -a 0x1000
	check "start $1" jhctl cell start "$1"
}

# Does the file have a line like this? FILE EXPRESSION
has()
{
	tr -d '\r' <"$1" | grep -qE -- "$2"
}

says()
{
	jhctl console "$1" | tr -d '\r' | grep -qE -- "$2"
}

# Exits of a cell that others could have caused
exits_by_others()
{
	jhctl cell stats "$1" | awk '/^(management|ipi|other)/ { n += $2 } END { print n }'
}

inside()
{
	console_up vuart vuart "irq=33"
	check "vuart: its test ends" await 600 is_in_state vuart "shut down" failed stopped
	jhctl console vuart | tr -d '\r' >"$work/out"
	while IFS= read -r line; do
		case $line in
		"ok "*) result 0 "vuart: ${line#ok * - }" ;;
		"not ok "*) grep -F -A 2 -- "$line" "$work/out" >"$work/why"
			result 1 "vuart: ${line#not ok * - }" ;;
		esac
	done <"$work/out"
	matches "vuart: all of it was seen" "$(tail -n 1 "$work/out")" '^# end pass=1[0-9] fail=0'
	check "destroy vuart" jhctl cell destroy vuart
}

typing()
{
	console_up vuart uart-echo "irq=33"
	check "it is up" await 50 says vuart 'type something'
	printf 'hello\r' | jhctl console -i vuart >"$work/out" 2>&1
	equal "console -i ends with its input" $? 0
	check "what was printed before comes first" has "$work/out" '^uart-echo: type something'
	check "what is typed comes back" has "$work/out" '^hello$'
	check "by interrupt" has "$work/out" '^uart-echo: 6 characters in [1-6] interrupts$'
	check "for those who only look as well" says vuart '^hello$'

	jhctl console -f vuart >"$work/one" 2>/dev/null &
	one=$!
	jhctl console -f vuart >"$work/two" 2>/dev/null &
	two=$!
	printf 'both\r' | jhctl console -i vuart >"$work/three" 2>&1
	kill $one $two
	for reader in one two three; do
		check "reader $reader sees it" has "$work/$reader" '^both$'
	done
}

terminals()
{
	check "the cell has a terminal" test -c $TTY
	equal "which knows its cell" "$(cat "/sys/class/tty/${TTY#/dev/}/cell")" vuart
	cat $TTY >"$work/tty" &
	reader=$!
	check "its history comes first" await 20 has "$work/tty" 'type something'
	printf 'by tty\r' >$TTY
	check "it sends and receives" await 20 has "$work/tty" '^by tty$'
	sleep 1
	before=$(jhctl console vuart | wc -c)
	sleep 1
	equal "nothing is echoed by this side" "$(jhctl console vuart | wc -c)" "$before"
}

storms()
{
	before=$(exits_by_others rtos2)
	head -c $STORM /dev/zero | tr '\0' x >"$work/storm"
	printf '\r' >>"$work/storm"
	jhctl console -i vuart <"$work/storm" >"$work/out" 2>&1
	check "a storm of input arrives whole" has "$work/out" \
		"^uart-echo: $((STORM + 19)) characters in "
	check "and comes back" test "$(tr -dc x <"$work/out" | wc -c)" -ge $STORM
	check "the terminal takes a storm as well" timeout 60 dd if="$work/storm" of=$TTY bs=4096
	check "the cell is there afterwards" await 100 says vuart \
		"^uart-echo: $((2 * STORM + 20)) characters in "
	equal "others hear nothing of it" "$(exits_by_others rtos2)" "$before"
}

# A cell that never reads: a writer does not wait for it, and the next cell gets none of the input.
deaf()
{
	check "stop it" jhctl cell shutdown -f vuart
	printf 'to nobody' | jhctl console -i vuart >/dev/null 2>&1
	console_load vuart timer
	# 4 KiB wait; what is not taken is dropped after a second.
	head -c 12000 "$work/storm" >"$work/some"
	check "what is typed to a deaf cell is taken" timeout 30 dd if="$work/some" of=$TTY bs=4096
	check "stop it again" jhctl cell shutdown -f vuart
	console_load vuart uart-echo "irq=33"
	check "its next life is up" await 50 says vuart 'type something'
	printf '!\r' | jhctl console -i vuart >"$work/out" 2>&1
	check "and gets nothing of what the last was sent" has "$work/out" \
		'^uart-echo: 2 characters in [12] interrupts$'
}

ends()
{
	check "destroy it with its terminal open" jhctl cell destroy vuart
	check "the reader is hung up" await 20 gone $reader
	check "the terminal is gone" await 20 test ! -e $TTY
	for round in 1 2 3 4 5 6; do
		(while :; do echo x >$TTY; cat $TTY >/dev/null; done) 2>/dev/null &
		pest=$!
		jhctl cell create "$CELLS/vuart.cell" && usleep 30000 &&
			jhctl cell load vuart "$INMATES/uart-echo.bin" -s irq=33 -a 0x1000 &&
			jhctl cell start vuart && usleep 100000 && jhctl cell destroy vuart
		result $? "round $round: create and destroy beside somebody who opens and closes"
		kill $pest
		wait $pest 2>/dev/null
		rm -f $TTY
	done
}

gone()
{
	! kill -0 "$1"
}

begin
jh_up sys.cell
console_up rtos2 timer
inside
typing
terminals
storms
deaf
ends
check "destroy rtos2" jhctl cell destroy rtos2
jh_down
finish
