#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# The life of a cell with direct interrupts: its CPUs are recalled from every state, and reset for
# their next owner, be it the same cell, one with virtual interrupts, or Linux.
# direct.sh [CELL]...: made of these configurations. The last one loses a CPU at the end.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

DIRECT=0x1b	# JH_CELL_TRUSTED, _IRQ_DIRECT, _PUTC, _PUTC_ACTIVE
TRAP=0x04	# JH_CELL_WFI_TRAP
STATES="tick spin wfi wfe active split deaf crash"

all_ready()
{
	count=$(jhctl console "$1" | grep -c "is ready")
	echo "$count CPUs are ready"
	[ "$count" -ge "$2" ]
}

has_ended()
{
	jhctl console "$1" | tr -d '\r' | grep '^# end'
}

load()
{
	jhctl cell load "$1" "$INMATES/$2.bin" -s "$3" -a 0x1000
}

# An inmate checks the state that its predecessor left: CELL NAME
as_new()
{
	check "$2: load" load "$1" direct mode=check
	check "$2: start" jhctl cell start "$1" || return
	check "$2: it ends" await 300 is_in_state "$1" "shut down" failed
	await 20 has_ended "$1" >/dev/null
	jhctl console "$1" | tr -d '\r' >"$work/said"
	grep -A 1 '^not ok' "$work/said" >"$work/why"
	grep -q '^# end pass=[0-9]* fail=0' "$work/said"
	result $? "$2: nothing was left"
	check "$2: stop it" jhctl cell shutdown --force "$1"
}

# CELL CPUS STATE WFI
stopped_in()
{
	[ "$4" = trap ] && sleep="sleep" || sleep=""
	check "$3, wfi $4: load" load "$1" direct "mode=$3 $sleep"
	check "$3, wfi $4: start" jhctl cell start "$1"
	check "$3, wfi $4: ready" await 100 all_ready "$1" "$2"
	[ "$3" != tick ] || matches "$3, wfi $4: show leaves it alone" "$(jhctl cell show "$1")" \
		"^  CPU [0-9]+ +runs, it is unknown where: interrupts are direct$"
	if [ "$3" = crash ]; then
		check "$3, wfi $4: it fails" await 50 is_in_state "$1" failed
	else
		check "$3, wfi $4: stop" jhctl cell shutdown --force "$1" || return
		equal "$3, wfi $4: it is stopped" "$(cell_state "$1")" stopped
	fi
	as_new "$1" "after $3, wfi $4"
}

# The cell is destroyed while it runs: CELL CPUS WFI
destroyed_in()
{
	[ "$3" = trap ] && sleep="sleep" || sleep=""
	check "load for the end" load "$1" direct "mode=active $sleep"
	check "start it" jhctl cell start "$1"
	check "it is amidst interrupts" await 100 all_ready "$1" "$2"
	check "destroy it" jhctl cell destroy "$1"
	equal "Linux has all CPUs" "$(cpus_online)" "$online"
	# Timer interrupts and IPIs arrive there.
	for cpu in $(seq 0 "${online#0-}"); do
		check "CPU $cpu works" timeout 10 taskset $((1 << cpu)) sh -c \
			'usleep 50000; cat /proc/version >/dev/null'
	done
}

# CELL WFI FLAGS
lives()
{
	./blobedit "$CELLS/$1.cell" "$work/$1.cell" "cell[0].flags=$3" || return
	check "create $1, wfi $2" jhctl cell create "$work/$1.cell"
	number=$(cat "$JH_SYS/cells/$1/cpus" | awk -F '[-,]' '{ print $NF - $1 + 1 }')
	as_new "$1" "at first, wfi $2"
	for state in $STATES; do
		stopped_in "$1" "$number" "$state" "$2" || return
	done
	destroyed_in "$1" "$number" "$2"
}

# The same CPUs with virtual interrupts: CELL
virtual_after()
{
	./blobedit "$CELLS/$1.cell" "$work/$1.cell" cell[0].flags=0x18
	check "$1 with virtual interrupts" jhctl cell run "$work/$1.cell" "$INMATES/timer.bin" \
		--args "period_us=20000 report=5"
	check "it ticks" ticks "$1"
	check "destroy it" jhctl cell destroy "$1"
}

# A tick costs no exit: CELL
ticks_without_exits()
{
	./blobedit "$CELLS/$1.cell" "$work/$1.cell" "cell[0].flags=$DIRECT"
	check "create $1" jhctl cell create "$work/$1.cell"
	check "load it" load "$1" timer "period_us=1000 report=100000 count=500"
	check "start it" jhctl cell start "$1"
	check "500 ticks" await 100 is_in_state "$1" "shut down"
	irq=$(cat "$JH_SYS/cells/$1/statistics/irq")
	equal "no interrupt of theirs came to the hypervisor" "$irq" 0
	check "destroy it" jhctl cell destroy "$1"
}

# A CPU of a guest that never enabled its CPU interface is recalled: CELL
never_heard()
{
	check "create $1 for one that is deaf" jhctl cell create "$work/$1.cell"
	check "load it" load "$1" direct "mode=deaf sleep"
	check "start it" jhctl cell start "$1"
	check "it is deaf" await 100 all_ready "$1" 1
	check "stop it" jhctl cell shutdown --force "$1"
	as_new "$1" "after one that was deaf"
	check "destroy it" jhctl cell destroy "$1"
}

# A CPU that did, and then sleeps with the interface disabled, is lost, and Linux reports it: CELL
lost()
{
	check "create $1 for a loss" jhctl cell create "$work/$1.cell"
	check "load it" load "$1" direct "mode=lost sleep"
	check "start it" jhctl cell start "$1"
	check "it is deaf" await 100 all_ready "$1" 1
	check "stop fails" sh -c "! jhctl cell shutdown --force $1 2>$work/lost"
	matches "and says why" "$(cat "$work/lost")" "$1.*CPU [0-9]+|CPU [0-9]+.*$1"
	check "it cannot be started" sh -c "! jhctl cell start $1"
	check "nor destroyed" sh -c "! jhctl cell destroy $1"
	check "Linux works" taskset 1 sha256sum /proc/version
}

begin
online=$(cpus_online)
jh_up sys.cell
[ $# -gt 0 ] || set -- smp uart
for cell; do
	lives "$cell" native $DIRECT
	lives "$cell" trap $((DIRECT | TRAP))
	virtual_after "$cell"
	ticks_without_exits "$cell"
done
jh_down
jh_up sys.cell
./blobedit "$CELLS/$cell.cell" "$work/$cell.cell" "cell[0].flags=$DIRECT"
never_heard "$cell"
lost "$cell"
finish
