#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# on-failure = "restart": a cell that fails is restarted as it was loaded, as often as its
# configuration says, and not after a shutdown. scrub = "restart": its memory is zeroed before.

. "$(dirname "$0")/lib.sh"

restarts()
{
	cat $JH_SYS/cells/restart/restarts
}

# NUMBER of restarts, of which the last one is counted a moment before the cell runs again
has_failed_after()
{
	[ "$(restarts)" = "$1" ] && is_in_state restart failed
}

# Has the cell failed for good? NUMBER of restarts
has_given_up()
{
	has_failed_after "$1" && sleep 1 && has_failed_after "$1"
}

# Load it anew: COMMAND LINE
load()
{
	jhctl cell load restart $INMATES/attack.bin --string "$1" --address 0x1000
}

# CELL, TEXT, NUMBER of times that its console says so
has_said()
{
	[ "$(jhctl cell list >/dev/null; jhctl console "$1" | grep -cF -- "$2")" -ge "$3" ]
}

# How often did the cell print this? TEXT
times_said()
{
	jhctl console restart | grep -cF -- "$1"
}

# Has it begun as often? NUMBER
has_begun()
{
	[ "$(times_said "attack: mode asked")" = "$1" ]
}

# A cell that fails while it is asked to end is not restarted.
asked()
{
	for life in $(seq 40); do
		load mode=asked && jhctl cell start restart && await 100 has_begun "$life" || return
		jhctl cell shutdown restart && [ "$(restarts)" = 0 ] || return
	done
}

begin
jh_up sys.cell
check "run a cell beside it" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=20000 report=3"
check "run a cell that fails" jhctl cell run $CELLS/restart.cell $INMATES/attack.bin \
	--args "mode=ruin addr=0x48000000"
check "it comes back three times and fails for good" await 100 has_given_up 3
sleep 1
check "for good" has_given_up 3
equal "it was started four times" "$(cat $JH_SYS/cells/restart/starts)" 4
equal "each time as it was loaded" "$(times_said "attack: mode ruin")" 4
equal "Linux was told of each failure" \
	"$(kernel_log | grep -c "cell restart failed on CPU 2: it accessed memory")" 4
equal "and of each restart" \
	"$(kernel_log | grep -c "cell restart: restart [1-3] of 3")" 3
matches "jhctl cell list tells" "$(jhctl cell list)" "^restart: restarts after failures: 3"
matches "and why it failed" "$(jhctl cell list)" "^restart failed: .*0x48000000"
matches "jhctl cell stats tells" "$(jhctl cell stats restart)" "^restarts after failures: 3"
matches "and as JSON" "$(jhctl cell list --json)" '"restarts": *3'

check "load it anew" load mode=ruin
check "start it by hand" jhctl cell start restart
check "it has three tries again" await 100 has_given_up 3
equal "it was started eight times" "$(cat $JH_SYS/cells/restart/starts)" 8

# Its own exception, an unaligned access of a device: the cell says so in its communication region.
check "load what fails by its own account" load "mode=write addr=0x8000401"
check "start it" jhctl cell start restart
check "it has three tries as well" await 200 has_given_up 3
matches "jhctl tells who said so" "$(jhctl cell list)" "^restart failed: it says so itself"
check "its CPU is stopped" jhctl cell shutdown --force restart

check "load what fails" load mode=ruin
starts=$(cat $JH_SYS/cells/restart/starts)
check "start it" jhctl cell start restart
check "shut it down before it comes back" jhctl cell shutdown --force restart
sleep 1
check "it has tries left" test "$(restarts)" -lt 3
equal "but is not started again" "$(cat $JH_SYS/cells/restart/starts)" \
	$((starts + 1 + $(restarts)))
check "it is what it was, or was stopped before it failed" is_in_state restart failed stopped

check "load something that does not fail" load mode=spin
check "start it" jhctl cell start restart
check "stop it" jhctl cell shutdown restart
sleep 1
equal "it is not started again" "$(cell_state restart)" stopped
equal "nor counted" "$(restarts)" 0

# Without scrub the next life finds the memory of the last one, but for the loaded images.
check "load what writes to its memory" load "mode=write addr=0x80000"
check "start it" jhctl cell start restart
check "it writes" await 50 has_said restart "mode write" 2
check "stop it" jhctl cell shutdown restart
check "load what reads it" load "mode=read addr=0x80000"
check "start it" jhctl cell start restart
check "it finds what was written" await 50 has_said restart "read 0xdeadbeef" 1
check "stop it" jhctl cell shutdown restart

check "destroy it" jhctl cell destroy restart
check "create a cell that is asked to end" jhctl cell create $CELLS/restart-asked.cell
check "it is not started again when it fails by that" asked
check "destroy that one" jhctl cell destroy restart

check "run what fails" jhctl cell run $CELLS/restart.cell $INMATES/attack.bin \
	--args "mode=ruin addr=0x48000000"
check "destroy it in the middle" jhctl cell destroy restart
equal "Linux has its CPU back" "$(cpus_online)" 0-2
check "run a cell that begins with zeroed memory, and writes" \
	jhctl cell run $CELLS/fresh.cell $INMATES/attack.bin --args "mode=write addr=0x80000"
check "it writes" await 50 has_said fresh "mode write" 1
check "stop it" jhctl cell shutdown fresh
check "load another command line alone" \
	jhctl cell load fresh --string "mode=read addr=0x80000" --address 0x1000
check "start it" jhctl cell start fresh
check "its program is there, what it wrote is not" await 50 has_said fresh "read 0x0" 1
check "stop it" jhctl cell shutdown fresh
check "start it without loading anything" jhctl cell start fresh
check "what was loaded is there" await 50 has_said fresh "read 0x0" 2
check "destroy it" jhctl cell destroy fresh
check "the cell beside it ticks" ticks rtos
check "destroy the cell beside it" jhctl cell destroy rtos
jh_down
finish
