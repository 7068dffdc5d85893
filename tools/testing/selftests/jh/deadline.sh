#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# The cell's timer is in time, and misses no period while Linux is busy and another cell is created
# and destroyed again and again. The result is valid only where time is exact: on hardware, or in
# QEMU with --icount, where busy CPUs take turns, so that lateness counts only while they sleep.
# deadline.sh [NANOSECONDS]

. "$(dirname "$0")/lib.sh"

limit=${1:-10000}

# The greatest lateness in a tenth of a second, of all but the first two, in which jhctl still ends.
worst_lateness()
{
	jhctl console rtos | tr -d '\r' | sed -n 's/.* so far .* max \([0-9]*\) ns.*/\1/p' |
		tail -n +3 | sort -n | tail -n 1
}

windows()
{
	jhctl console rtos | grep -c 'so far'
}

begin
jh_up sys.cell
check "run a cell with a timer" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=10000 report=10"
sleep 2
late=$(worst_lateness)
check "two seconds have twenty tenths ($(windows))" test "$(windows)" -ge 19
check "while Linux sleeps it is no later than $limit ns ($late)" test "$late" -lt "$limit"
check "Linux works beside it" ./rootload 1 1
check "another cell comes" jhctl cell run $CELLS/rtos2.cell $INMATES/hello.bin --args quiet
check "and goes" jhctl cell destroy rtos2
check "the cell ticks" ticks rtos
check "shut it down" jhctl cell shutdown rtos
equal "no period was missed" "$(last_number rtos lost)" 0
check "destroy it" jhctl cell destroy rtos
jh_down
finish
