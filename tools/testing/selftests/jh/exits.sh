#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Records of exits: all exits of one cell and none of others, while a reader has the file open. The
# cell is not affected, and each way to end works.

. "$(dirname "$0")/lib.sh"

# Exits that the hypervisor has counted for a cell
exits_of()
{
	jhctl cell stats "$1" --json | sed -n 's/.*"total": \([0-9]*\).*/\1/p' | head -n 1
}

# Trace a cell for so long: NAME SECONDS
trace()
{
	timeout 60 jhctl trace "$1" -s "$2" >"$work/trace" 2>"$work/said"
}

# How many lines of the last trace are like this? EXPRESSION
lines()
{
	grep -cE -- "$1" "$work/trace"
}

# Are its times in order?
in_order()
{
	awk '/lost here/ { next } { time = $2 + 0 } time < last { print; bad = 1 } { last = time }
		END { exit bad }' "$work/trace"
}

# A number lies in a range: NAME NUMBER FROM TO
between()
{
	echo "$2 is not from $3 to $4" >"$work/why"
	[ "$2" -ge "$3" ] && [ "$2" -le "$4" ]
	result $? "$1"
}

# Traces and statistics agree, but for exits while the trace begins and ends.
as_counted()
{
	before=$(exits_of rtos)
	check "trace a cell that ticks" trace rtos 3
	between "as many exits as were counted" "$(lines ' at 0x')" 10 $(($(exits_of rtos) - before))
	between "they are those of three seconds" "$(lines ' at 0x')" \
		$((($(exits_of rtos) - before) / 2)) 1000000
	matches "none is lost" "$(cat "$work/said")" "^jh: [0-9]+ exits of rtos$"
	check "their times are in order" in_order
	between "its CPU is named" "$(lines '^\[003\]')" "$(lines .)" "$(lines .)"
	between "its timer came" "$(lines ' irq ')" 3 1000000
	# JH_HC_DEBUG_CONSOLE_PUTC
	between "its words were calls" "$(lines ' hvc .*: 0x8$')" 10 1000000
	check "it goes on" ticks_on
}

ticks_on()
{
	await 50 says_more "$(jhctl console rtos | wc -c)"
}

says_more()
{
	[ "$(jhctl console rtos | wc -c)" -gt "$1" ]
}

linux_itself()
{
	root=$(jhctl cell list | awk '$1 == 0 { print $2 }')
	(usleep 1000000; jhctl cell shutdown rtos) >/dev/null 2>&1 &
	check "trace Linux" trace "$root" 3
	# JH_HC_CELL_MSG
	between "its call to the hypervisor is seen" "$(lines '^\[00[012]\].* hvc .*: 0x12$')" 1 1000
	between "nothing of the cell is" "$(lines '^\[003\]')" 0 0
	wait
	check "start the cell again" jhctl cell start rtos
}

# Two lives in one trace
lives()
{
	rm -f "$work/trace"
	timeout 60 jhctl trace rtos >"$work/trace" 2>"$work/said" &
	tracer=$!
	check "the trace has begun" await 50 grep -q irq "$work/trace"
	refused "there can be one" 1 "exits are being recorded already" jhctl trace rtos -s 1
	check "the cell ends" jhctl cell shutdown rtos --force
	lines . >"$work/first"
	check "and begins anew" jhctl cell start rtos
	check "which is traced as well" await 50 more_lines "$(cat "$work/first")"
	check "destroy the cell" jhctl cell destroy rtos
	check "the trace is at its end" wait "$tracer"
	matches "and says why" "$(cat "$work/said")" "rtos is gone"
}

more_lines()
{
	[ "$(lines .)" -gt $(($1 + 3)) ]
}

# jhctl trace is killed.
killed()
{
	rm -f "$work/trace"
	jhctl trace rtos >"$work/trace" 2>/dev/null &
	tracer=$!
	check "trace it again" await 50 grep -q irq "$work/trace"
	kill -9 $tracer
	wait $tracer 2>/dev/null
	check "once that is killed, somebody else can" trace rtos 1
	between "and sees it" "$(lines ' irq ')" 1 1000000
}

# A timer about as fast as the reader
storm()
{
	check "run a cell with a fast timer" jhctl cell run $CELLS/rtos.cell $INMATES/bench.bin \
		--args "console=putc run=latency period_us=500"
	check "trace it" trace rtos 1
	between "most of its exits are seen, or said to be lost" \
		$(($(lines ' at 0x') + $(sed -n 's/.*, \([0-9]*\) more came.*/\1/p' "$work/said") + 0)) \
		300 1000000
	check "their times are in order" in_order
	before=$(exits_of rtos)
	check "it goes on when that is over" await 50 has_more_exits "$before"
	check "destroy the cell again" jhctl cell destroy rtos
}

has_more_exits()
{
	[ "$(exits_of rtos)" -gt $(($1 + 100)) ]
}

off_and_on()
{
	jhctl trace "$root" >/dev/null 2>"$work/said" &
	tracer=$!
	usleep 500000
	check "disable while Linux is traced" jhctl disable
	check "ends the trace" wait $tracer
	check "enable again" jhctl enable $CELLS/sys.cell
	check "and trace again" trace "$root" 1
}

begin
jh_up
check "run a cell" jhctl cell run $CELLS/rtos.cell $INMATES/hello.bin --args "ticks=0"
as_counted
linux_itself
lives
check "run the cell again" jhctl cell run $CELLS/rtos.cell $INMATES/hello.bin --args "ticks=0"
killed
check "destroy it at last" jhctl cell destroy rtos
storm
off_and_on
jh_down
finish
