#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# The tests that run in cells; this script passes on their results. inmates.sh [TEST...]

. "$(dirname "$0")/lib.sh"

PATIENCE=1200		# tenths of a second for one test

# shellcheck disable=SC2094 # it is only read
# Take over the results that a test printed: CELL TEST
take_results()
{
	tr -d '\r' <"$work/console" >"$work/out"
	while IFS= read -r line; do
		case $line in
		"ok "*) text=${line#ok * - } && status=0 ;;
		"not ok "*) text=${line#not ok * - } && status=1 ;;
		*) continue ;;
		esac
		# What follows a failure explains it.
		grep -F -A 2 -- "$line" "$work/out" | grep '^#' >"$work/why"
		result "$status" "$1: $2: $text"
	done <"$work/out"
	sed -n 's/^# end pass=\([0-9]*\) fail=\([0-9]*\)/\1 \2/p' "$work/out" >"$work/end"
	equal "$1: $2: it came to its end" "$(wc -w <"$work/end")" 2
	equal "$1: $2: all of its output was seen" "$(grep -cE '^(not )?ok ' "$work/out")" \
		"$(tr ' ' '+' <"$work/end" | bc)"
}

# The ignored accesses that a test reports are those of root's statistics: CELL
ignored_is_told()
{
	at=$(sed -n 's/^# ignored at //p' "$work/out")
	[ -n "$at" ] || return
	jhctl cell stats "$1" >"$work/stats"
	check "$1: cell stats tells where it did what had no effect" \
		grep -q "^last ignored: CPU[0-9]*, address $at\$" "$work/stats"
	check "$1: and counts it" grep -q '^ignored .* [1-9][0-9]*$' "$work/stats"
	check "$1: in JSON too" sh -c "jhctl cell stats '$1' --json | grep -q '\"ignored_at\": \"$at\"'"
	equal "$1: and in sysfs" "$(cat "$JH_SYS/cells/$1/statistics/ignored")" \
		"$(sed -n 's/^ignored .* //p' "$work/stats")"
}

# CELL TEST [ARGUMENTS [TREE]]
run_test()
{
	check "$1: create for $2" jhctl cell create "$CELLS/$1.cell" || return
	check "$1: load $2 $3" jhctl cell load "$1" "$INMATES/$2.bin" ${3:+-s "$3" -a 0x1000} \
		${4:+--dtb "$4@0x800000"}
	# It prints more than the ring keeps.
	jhctl console -f "$1" >"$work/console" &
	follower=$!
	check "$1: start $2" jhctl cell start "$1"
	check "$1: $2 ends" await $PATIENCE is_in_state "$1" "shut down" failed stopped
	equal "$1: $2 ends well" "$(cell_state "$1")" "shut down"
	await 20 grep -q '^# end' "$work/console"
	kill $follower
	take_results "$1" "$2"
	ignored_is_told "$1"
	check "$1: destroy it" jhctl cell destroy "$1"
}

begin
jh_up sys.cell
[ $# -gt 0 ] || set -- abi bsp gic psci stress
for test; do
	case $test in
	abi)
		run_test rtos abi
		;;
	bsp)
		run_test rtos bsp-demo
		;;
	gic)
		run_test smp gic
		;;
	psci)
		run_test rtos psci
		run_test smp psci
		;;
	view)
		run_test view view "cpus=2 spi=100"
		run_test view-physical view "physical cpus=2 spi=100"
		;;
	tasks)
		run_test rtos tasks "" /sys/firmware/fdt
		;;
	stress)
		run_test smp stress seconds=5
		;;
	esac
done
jh_down
finish
