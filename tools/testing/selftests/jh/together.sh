#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Two jhctl at once, and jhctl killed in the middle.

# shellcheck disable=SC2317,SC2086,SC2015,SC2012 # functions are called by check
. "$(dirname "$0")/lib.sh"

# Life cycles of one cell: NAME
cycles()
{
	for round in 1 2 3 4 5 6; do
		jhctl cell run "$CELLS/$1.cell" $INMATES/hello.bin --args quiet &&
			jhctl cell destroy "$1" || echo "$1: round $round failed"
	done
}

two_at_once()
{
	cycles rtos >"$work/one" 2>&1 &
	cycles rtos2 >"$work/two" 2>&1
	wait
	cat "$work/one" "$work/two" >"$work/both"
	check "two life cycles at once do not disturb each other" cmp "$work/both" /dev/null
	equal "all CPUs are back" "$(cpus_online)" 0-3
}

# Start jhctl, kill it after some time: MICROSECONDS ARGUMENTS...
killed()
{
	time=$1
	shift
	jhctl "$@" >/dev/null 2>&1 &
	jhctl=$!
	usleep "$time"
	kill -9 $jhctl 2>/dev/null
	wait $jhctl 2>/dev/null
}

# Wherever it was killed, jh works afterwards.
is_sane()
{
	jhctl cell list && jhctl status >/dev/null || return
	if jhctl cell list --json | grep -q '"name": "rtos"'; then
		jhctl cell destroy rtos || return
	fi
	[ "$(cpus_online)" = 0-3 ] || { cpus_online; return 1; }
}

killed_in_cells()
{
	for time in 5000 20000 40000 80000 120000 200000 300000 500000; do
		killed $time cell run $CELLS/rtos.cell $INMATES/hello.bin
		check "killed after $time us of cell run" is_sane
		jhctl cell run $CELLS/rtos.cell $INMATES/hello.bin --args quiet
		killed $time cell destroy rtos
		check "killed after $time us of cell destroy" is_sane
	done
}

killed_in_enable()
{
	for time in 10000 50000 100000 300000 600000 1000000; do
		killed $time enable $CELLS/sys.cell
		[ "$(cat $JH_SYS/enabled)" = 0 ] || jhctl disable
		check "killed after $time us of enable" jhctl enable $CELLS/sys.cell
		killed $((time / 3)) disable
		[ "$(cat $JH_SYS/enabled)" = 1 ] || jhctl enable $CELLS/sys.cell
		check "killed after $((time / 3)) us of disable" jhctl disable
	done
}

begin
jh_up sys.cell
two_at_once
killed_in_cells
check "disable" jhctl disable
killed_in_enable
check "rmmod jh" rmmod jh
finish
