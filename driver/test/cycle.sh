#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Runs in the root cell: load, enable, disable and unload again and again. Free memory must not
# shrink from round to round and dmesg must stay free of complaints.
#
#	cycle.sh SYSTEM.cell [ROUNDS [JH.KO]]

set -eu

config=$1
rounds=${2:-100}
module=${3:-}
slack=8192		# KiB that caches may move free memory by

free_memory() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	awk '/^MemFree:/ { print $2 }' /proc/meminfo
}

load() {
	if [ -n "$module" ]; then insmod "$module"; else modprobe jh; fi
}

one_round() {
	load
	jhctl enable "$config"
	jhctl disable
	rmmod jh
}

fail() {
	echo "not ok: $1"
	exit 1
}

one_round		# what is allocated once and for all
before=$(free_memory)
round=0
while [ "$round" -lt "$rounds" ]; do
	one_round
	round=$((round + 1))
done
after=$(free_memory)

[ $((before - after)) -le "$slack" ] || fail "$((before - after)) KiB are lost in $rounds rounds"
! dmesg | grep -E 'WARNING:|BUG:|Oops|Call trace|bad page' || fail "Linux complains"
echo "ok: $rounds rounds, free memory $before KiB before, $after KiB after"
