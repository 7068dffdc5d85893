#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Other activity in Linux while jh is enabled or being enabled: reads of sysfs, refusals that could
# flood the log, suspend, a forced unload of the module. With arguments these parts alone: readers,
# refusals, naps, force. The last one turns lockdep off, so the debugging kernel leaves it out.

. "$(dirname "$0")/lib.sh"

NAP=/sys/power/pm_test

# How often root called the hypervisor: to manage, and what every cell may ask
calls()
{
	cat $JH_SYS/cells/qemu-virt/statistics/management $JH_SYS/cells/qemu-virt/statistics/hypercall
}

readers()
{
	check "enable loads the module" jhctl enable $CELLS/sys.cell
	check "create a cell" jhctl cell create $CELLS/rtos.cell
	before=$(calls)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		cat $JH_SYS/costs/* $JH_SYS/cells/*/state $JH_SYS/cells/*/statistics/*
	done >"$work/read"
	equal "reading sysfs calls nobody" "$(calls)" "$before"
	check "it tells how much memory is in use" test "$(cat $JH_SYS/costs/memory)" -gt 100000
	check "everybody sees a cell's state" su nobody -c "cat $JH_SYS/cells/rtos/state"
	equal "a cell's registers are for root" \
		"$(su nobody -c "cat $JH_SYS/cells/rtos/crash" 2>&1 | grep -c denied)" 1
	check "destroy it" jhctl cell destroy rtos
	check "disable" jhctl disable
}

refusals()
{
	dmesg -c >/dev/null
	other=$(other_system)
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		jhctl enable --dry-run "$other"
		jhctl enable "$other"
	done 2>"$work/refusals"
	equal "each refusal is told" "$(wc -l <"$work/refusals")" 40
	equal "but not to the log" "$(dmesg | grep -c 'jh: .*refused')" 0
}

# Was jh enabled while the machine slept? A nap is from "suspend entry" to "suspend exit", with user
# space frozen.
slept_enabled()
{
	awk '/PM: suspend entry/ { nap = 1; frozen = 0; enabled = 0 }
	     nap && /Freezing user space/ { frozen = 1 }
	     nap && /jh: enabled on/ { enabled = 1 }
	     /PM: suspend exit/ { if (frozen && enabled) bad++; naps += frozen; nap = 0 }
	     END { print naps + 0 " naps, " bad + 0 " of them enabled"; exit !(naps > 0 && !bad) }'
}

naps()
{
	if ! grep -qs freezer $NAP; then
		skip "no sleep while enabled" "no $NAP in this kernel"
		return
	fi
	echo freezer >$NAP
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	check "enable" jhctl enable $CELLS/sys.cell
	check "no sleep while enabled" sh -c '! echo freeze >/sys/power/state 2>/dev/null'
	check "disable" jhctl disable
	check "sleep while disabled" sh -c 'echo freeze >/sys/power/state'
	for delay in 0 5 10 15 20 25 30 35 40 50 60 70 80 100 120 150; do
		jhctl enable $CELLS/sys.cell 2>/dev/null &
		usleep ${delay}000
		echo freeze >/sys/power/state 2>/dev/null
		wait
		jhctl disable 2>/dev/null
	done
	dmesg >"$work/naps"
	check "whoever sleeps while jh comes" slept_enabled <"$work/naps"
	echo none >$NAP
	check "enable works after all that" jhctl enable $CELLS/sys.cell
	check "and disable" jhctl disable
}

ends_soon()	# PID
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 1
	done
	kill "$1"
	return 1
}

force()
{
	check "enable" jhctl enable $CELLS/sys.cell
	check "run a cell" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin --args "report=1000"
	# Somebody has the device open, and somebody is in the middle of a call all the time.
	exec 7<>/dev/jh
	jhctl console rtos --follow >"$work/followed" 2>&1 &
	follower=$!
	# And somebody a terminal, which is hung up, but not closed for a while.
	sh -c 'exec 8<>/dev/ttyJH0; sleep 5' &
	holder=$!
	sleep 1
	check "unload the module by force" rmmod -f jh
	check "it has waited for who had a terminal" sh -c "! kill -0 $holder 2>/dev/null"
	check "it is gone" test ! -e $JH_SYS
	check "who followed the cell's console ends" ends_soon $follower
	check "write to what is left of the device" sh -c '! echo x >&7 2>/dev/null'
	exec 7>&-
	equal "all CPUs are Linux'" "$(cpus_online)" 0-3
	sleep 1
	check "it comes back" modprobe jh
	check "and can be enabled" jhctl enable $CELLS/sys.cell
	check "and disabled" jhctl disable
}

begin
grep -qs ^nobody: /etc/passwd || echo "nobody:x:65534:65534::/:/bin/sh" >>/etc/passwd
[ $# -gt 0 ] || set -- readers refusals naps force
for part; do
	"$part"
done
check "rmmod jh" rmmod jh
finish
