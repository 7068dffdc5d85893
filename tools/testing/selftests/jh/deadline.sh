#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# The cell's timer is in time while Linux is busy and another cell comes and goes. To be judged where
# time is exact only: on hardware, or in QEMU with --icount. deadline.sh [NANOSECONDS]

. "$(dirname "$0")/lib.sh"

limit=${1:-20000}

begin
jh_up sys.cell
check "run a cell with a timer" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=1000 report=100"
check "it ticks" ticks rtos
check "Linux works beside it" ./rootload 1 1
check "another cell comes" jhctl cell run $CELLS/rtos2.cell $INMATES/hello.bin --args quiet
check "and goes" jhctl cell destroy rtos2
check "the cell ticks" ticks rtos
check "shut it down" jhctl cell shutdown rtos
jhctl console rtos | grep "end:" >"$work/end"
equal "no period was missed" "$(sed 's/.* lost \([0-9]*\).*/\1/' "$work/end" | tr -d '\r')" 0
late=$(sed 's/.* max \([0-9]*\) ns.*/\1/' "$work/end" | tr -d '\r')
check "none was late by more than $limit ns ($late)" test "$late" -lt "$limit"
check "destroy it" jhctl cell destroy rtos
jh_down
finish
