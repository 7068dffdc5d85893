#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Linux has one CPU left, whose timer nothing but its own interrupts keeps alive: an interrupt that
# the controller, or its model (GIC_ERRATUM_FORGETS_LEVELS), does not signal again ends it for good.
# A CPU that is dead ends this test at its limit; the sleepers say who woke up.
# onecpu.sh [SECONDS]

. "$(dirname "$0")/lib.sh"

seconds=${1:-15}

all_but_one()
{
	for cpu in /sys/devices/system/cpu/cpu[1-9]*; do
		echo "$1" >"$cpu/online" || return 1
	done
}

begin
online=$(cpus_online)
jh_up sys.cell
check "the others go while it is enabled" all_but_one 0
check "eight programs wake up by its timer for $seconds s" ./sleepers 8 "$seconds"
check "and while it computes" sh -c "./rootload $seconds 1 >/dev/null & ./sleepers 4 $seconds && wait"
check "they come back" all_but_one 1
equal "all CPUs are online again" "$(cpus_online)" "$online"
jh_down
finish
