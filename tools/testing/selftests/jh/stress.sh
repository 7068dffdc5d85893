#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Linux under load while a cell runs: CPU, memory, IPIs, MSIs of a PCI disk and a PCI network card,
# CPU hotplug, cells that are created and destroyed. The kernel reports no fault and the cell keeps
# running. Missed periods count only where time is exact: on hardware, or in QEMU with --icount.
# stress.sh [SECONDS [LIFE CYCLES [exact]]]

# shellcheck disable=SC2317,SC2086,SC2015,SC2012 # functions are called by check
. "$(dirname "$0")/lib.sh"

seconds=${1:-10}
cycles=${2:-8}
exact=$3
PERIOD_US=20000
REPORT=10		# periods between two lines of the cell, from which they are counted

# Interrupts of a device so far, by MSI: NAME
msis()
{
	grep -E "(ITS|GICv2m).*MSI.* $1" /proc/interrupts |
		awk '{ for (n = 2; $n ~ /^[0-9]+$/; n++) sum += $n } END { print sum + 0 }'
}

read_disk()
{
	while [ ! -e "$work/stop" ]; do
		dd if=/dev/nvme0n1 bs=64k count=64 iflag=direct 2>/dev/null | md5sum
	done | sort | uniq -c >"$work/disk"
}

use_network()
{
	while [ ! -e "$work/stop" ]; do
		ping -c 5 -i 0.2 -s 1000 10.0.2.2 >>"$work/ping" 2>&1 || echo lost >>"$work/lost"
	done
}

hotplug()
{
	while [ ! -e "$work/stop" ]; do
		echo 0 >/sys/devices/system/cpu/cpu1/online || echo off >>"$work/hotplug"
		usleep 200000
		echo 1 >/sys/devices/system/cpu/cpu1/online || echo on >>"$work/hotplug"
		usleep 200000
	done
}

life_cycles()
{
	for cycle in $(seq "$cycles"); do
		jhctl cell run $CELLS/rtos2.cell $INMATES/hello.bin --args quiet &&
			jhctl cell shutdown --force rtos2 && jhctl cell destroy rtos2 ||
			echo "cycle $cycle failed"
	done >"$work/cycles" 2>&1
}

devices()
{
	disk=no network=no
	modprobe -a nvme e1000e 2>/dev/null
	await 50 test -b /dev/nvme0n1 && disk=yes
	card=$(basename "$(ls -d /sys/bus/pci/drivers/e1000e/*/net/* 2>/dev/null | head -n 1)")
	[ -z "$card" ] || network=yes
	[ $network = no ] || ip addr add 10.0.2.15/24 dev "$card"
	[ $network = no ] || ip link set "$card" up
}

# Disable is tried again while an MSI is pending.
comes_and_goes()
{
	rm -f "$work/stop"
	for _ in 1 2 3 4; do
		while [ ! -e "$work/stop" ]; do
			dd if=/dev/nvme0n1 of=/dev/null bs=4k count=1000 iflag=direct 2>/dev/null
		done &
	done
	for cycle in $(seq 30); do
		jhctl disable && jhctl enable $CELLS/sys.cell || echo "cycle $cycle failed"
	done >"$work/comes" 2>&1
	touch "$work/stop"
	wait
	cat "$work/comes"
	[ ! -s "$work/comes" ]
}

begin
devices
jh_up sys.cell
check "run a cell with a timer" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=$PERIOD_US report=$REPORT"
check "it ticks" ticks rtos
begun=$(cut -d ' ' -f 1 /proc/uptime) first=$(last_number rtos periods) \
	first_lost=$(last_number rtos lost)
disk_before=$(msis nvme) card_before=$(msis "${card:-none}")

touch "$work/lost" "$work/hotplug"
[ $disk = no ] || read_disk &
[ $network = no ] || use_network &
hotplug &
life_cycles &
check "Linux computes right under load" ./rootload "$seconds"
touch "$work/stop"
wait

ended=$(cut -d ' ' -f 1 /proc/uptime) last=$(last_number rtos periods) \
	last_lost=$(last_number rtos lost)
expected=$(echo "($ended - $begun) * 1000000 / $PERIOD_US" | bc)
periods=$((last - first)) lost=$((last_lost - first_lost))
if [ -n "$exact" ]; then
	equal "the cell lost no period of $periods" "$lost" 0
	check "and had each of them (of $expected)" \
		test $((periods - expected)) -ge -$REPORT -a $((periods - expected)) -le $REPORT
else
	check "the cell ticked ($periods of $expected periods, $lost late: not judged, time is the host's)" \
		test $periods -gt 0
fi
check "and goes on" ticks rtos
check "$cycles life cycles of another cell went well" test ! -s "$work/cycles"
check "CPU 1 went and came" test ! -s "$work/hotplug"
if [ $disk = yes ]; then
	equal "the PCI disk reads the same each time" "$(wc -l <"$work/disk")" 1
	check "its MSIs arrived ($(msis nvme))" test "$(msis nvme)" -gt "$disk_before"
else
	skip "the PCI disk" "there is none: -device nvme"
fi
if [ $network = yes ]; then
	check "the network lost nothing" test ! -s "$work/lost"
	check "its MSIs arrived ($(msis "$card"))" test "$(msis "$card")" -gt "$card_before"
else
	skip "the PCI network card" "there is none: -device e1000e"
fi
check "destroy the cell" jhctl cell destroy rtos
if [ $disk = yes ]; then
	check "jh goes and comes under MSIs" comes_and_goes
else
	skip "jh goes and comes under MSIs" "there is no disk: -device nvme"
fi
jh_down
equal "all CPUs are online" "$(cpus_online)" 0-3
finish
