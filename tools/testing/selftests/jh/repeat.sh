#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Load, enable, run a cell, disable, unload, again and again: no memory leaks, and nothing is left.
# repeat.sh [ROUNDS]

# shellcheck disable=SC2317,SC2086,SC2015,SC2012 # functions are called by check
. "$(dirname "$0")/lib.sh"

rounds=${1:-10}
SLACK=512		# KiB by which what nobody accounts for may move
SLAB_SLACK=1024
CELLS_MORE=4		# a round has this many beside the one that runs
OBJECTS_SLACK=$((rounds / 2))	# of one size; fewer than one in each round

field()
{
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# KiB of pages that are neither free, on a CPU's list of free pages, nor in the kernel's accounts:
# what a module allocated, with vmalloc() too. MemFree alone moves by what the lists of free pages
# hold, which is up to 8 MiB per CPU; both are read at once, since pages move between them.
unaccounted()
{
	page=$(awk '/^KernelPageSize/ { print $2; exit }' /proc/self/smaps)
	cat /proc/sys/vm/stat_refresh	# folds what each CPU has counted by itself
	awk -v page="$page" '
		/^Node/ { listed = 0 }
		$1 == "pages" && $2 == "free" { free += $3 }
		$1 == "pagesets" { listed = 1 }
		listed && $1 == "count:" { free += $2 }
		$3 == "kB" { kib[$1] = $2 }
		END { print kib["MemTotal:"] - free * page - kib["Cached:"] - kib["Buffers:"] -
			kib["AnonPages:"] - kib["Slab:"] - kib["KernelStack:"] -
			kib["PageTables:"] - kib["Percpu:"] }' /proc/zoneinfo /proc/meminfo
}

# "SIZE OBJECTS" for each size that the kernel allocates: those that are in use now, exactly, since
# shrinking takes what is free from the CPUs. A cell's object is too small to be seen in KiB. What
# is smaller than these comes and goes with CPUs, names and directories.
objects()
{
	for cache in /sys/kernel/slab/kmalloc-256 /sys/kernel/slab/kmalloc-512 \
		     /sys/kernel/slab/kmalloc-[1248]k; do
		echo 1 >"$cache/shrink"
		echo "${cache##*/}" "$(cut -d ' ' -f 1 "$cache/objects")"
	done
}

# Of no size are more in use than slack allows: BEFORE AFTER
no_objects_lost()
{
	awk -v slack=$OBJECTS_SLACK '
		NR == FNR { before[$1] = $2; next }
		{ if ($2 - before[$1] >= slack) lost = 1; print $1, before[$1], $2 }
		END { exit lost || !FNR }' "$1" "$2"
}

settle()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
}

# Traces of jh that could be left in the kernel.
leftovers()
{
	lsmod | awk '{ print $1 }'
	cat /proc/misc /proc/iomem /sys/devices/system/cpu/hotplug/states
	ls /sys/kernel/debug /sys/class/misc
	drivers
	cpus_online
}

more_cells()
{
	for _ in $(seq $CELLS_MORE); do
		jhctl cell create $CELLS/rtos.cell && jhctl cell destroy rtos || return
	done
}

one_round()
{
	modprobe jh && jhctl enable $CELLS/sys.cell && more_cells &&
		jhctl cell run $CELLS/rtos.cell $INMATES/hello.bin --args quiet &&
		jhctl cell destroy rtos && jhctl disable && rmmod jh
}

all_rounds()
{
	for round in $(seq "$rounds"); do
		one_round || { echo "in round $round"; return 1; }
	done
}

begin
check "a first round, for what is allocated once and for all" one_round
settle
leftovers >"$work/before"
objects >"$work/objects"
pages=$(unaccounted) slab=$(field SUnreclaim)
check "$rounds rounds" all_rounds
settle
leftovers >"$work/after"
check "nothing is left over" diff "$work/before" "$work/after"
lost=$(($(unaccounted) - pages))
check "no memory is lost ($lost KiB)" test $lost -lt $SLACK
lost=$(($(field SUnreclaim) - slab))
check "no slab is lost ($lost KiB)" test $lost -lt $SLAB_SLACK
objects >"$work/objects.after"
check "no object is lost" no_objects_lost "$work/objects" "$work/objects.after"
finish
