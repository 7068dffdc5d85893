#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Linux' control of the machine while jh is enabled: CPU hotplug, reading all memory, sleeping.

# shellcheck disable=SC2317,SC2086,SC2015,SC2012 # functions are called by check
. "$(dirname "$0")/lib.sh"

set_online()
{
	echo "$2" >"/sys/devices/system/cpu/cpu$1/online"
}

off_and_on()
{
	for round in 1 2 3 4 5; do
		set_online 1 0 && set_online 1 1 && taskset 2 sha256sum /proc/version ||
			{ echo "in round $round"; return 1; }
	done
}

cpus_of_root()
{
	check "CPU 1 goes and comes" off_and_on
	check "CPU 2 goes" set_online 2 0
	check "disable while CPU 2 is off" jhctl disable
	check "CPU 2 comes" set_online 2 1
	check "it works" taskset 4 sha256sum /proc/version
	check "CPU 2 goes, without a hypervisor" set_online 2 0
	refused "enable while CPU 2 is off" 1 "CPU 2 is offline" jhctl enable $CELLS/sys.cell
	check "CPU 2 comes back" set_online 2 1
	check "enable" jhctl enable $CELLS/sys.cell
}

cpu_of_a_cell()
{
	check "run a cell" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
		--args "period_us=20000 report=5"
	check "Linux cannot bring its CPU online" sh -c \
		'! echo 1 >/sys/devices/system/cpu/cpu3/online'
	check "the cell ticks" ticks rtos
	check "CPU 1 goes and comes beside it" off_and_on
	check "the cell still ticks" ticks rtos
}

memory()
{
	check "all of /proc/kcore can be read" ./readkcore
	check "the cell ticks, after that" ticks rtos
}

sleeping()
{
	check "the machine cannot hibernate" sh -c '! echo disk >/sys/power/state'
	matches "dmesg says why" "$(kernel_log)" "cannot sleep while jh is enabled"
	if grep -q mem /sys/power/state; then
		check "nor be suspended" sh -c '! echo mem >/sys/power/state'
	fi
	check "the cell ticks, after that too" ticks rtos
}

begin
jh_up sys.cell
cpus_of_root
cpu_of_a_cell
memory
sleeping
check "destroy the cell" jhctl cell destroy rtos
jh_down
equal "all CPUs are online" "$(cpus_online)" 0-3
finish
