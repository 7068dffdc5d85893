#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Interrupts that a CPU of a cell sends to the others, while they are parked or run, do not reach their
# next owner: neither Linux, which gets them back unmanaged as the last cell goes, nor another cell.
# sibling.sh [GUARD]: with another cell, which keeps Linux under the hypervisor.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

DIRECT=0x1b	# JH_CELL_TRUSTED, _IRQ_DIRECT, _PUTC, _PUTC_ACTIVE
VIRTUAL=0x18

# Every CPU takes timer interrupts and IPIs.
linux_works()
{
	equal "$1: Linux has all CPUs" "$(cpus_online)" "$online"
	for cpu in $(seq 0 "${online##*-}"); do
		[ "$cpu" != "$guards" ] || continue
		check "$1: CPU $cpu works" timeout 20 taskset $((1 << cpu)) sh -c \
			'usleep 20000; cat /proc/version >/dev/null'
	done
	check "$1: the kernel does not complain" no_complaints
}

# FLAGS ARGUMENTS
after()
{
	what="flags $1, $2"
	./blobedit $CELLS/smp.cell "$work/smp.cell" "cell[0].flags=$1" || return
	check "$what: run" jhctl cell run "$work/smp.cell" $INMATES/sibling.bin --args "$2" || return
	check "$what: it has done it" await 600 has_said smp "sibling: ready"
	# It may not answer, because its attack never ends.
	check "$what: stop" timeout 20 jhctl cell shutdown --force smp
	[ "${3:-}" != again ] || next_life "$what"
	check "$what: destroy" timeout 20 jhctl cell destroy smp
	linux_works "$what"
	[ -z "$guard" ] || guard_holds "$what"
	next_owner "$work/smp.cell" "$what"
}

# The cell's own next life is a next owner as well: NAME
next_life()
{
	check "$1: load again" jhctl cell load smp $INMATES/direct.bin -s mode=check -a 0x1000
	check "$1: start again" jhctl cell start smp
	check "$1: it ends" await 300 has_said smp "# end pass="
	check "$1: nothing is left" sh -c "jhctl console smp | grep '^# end pass=[0-9]* fail=0'"
	check "$1: stop again" jhctl cell shutdown --force smp
}

begin
online=$(cpus_online)
guard='' guards=''
jh_up sys.cell
if [ "${1:-}" = GUARD ]; then
	guards=1	# its CPU
	./blobedit $CELLS/rtos.cell "$work/rtos.cell" "cpu[0].cpu=$guards"
	guard_begin "$work/rtos.cell"
	online=0,2-${online##*-}
fi
for flags in $VIRTUAL $DIRECT; do
	after $flags "mode=off sgi=2"
	after $flags "mode=off sgi=3 started=no"
	after $flags "mode=race sgi=2"
	after $flags "mode=race sgi=3"
	after $flags "mode=local" again
	after $flags "mode=local started=no act=no"
	after $flags "mode=local mask=0x80 en=no pend=no"	# the hypervisor's own
	after $flags "mode=storm"
	after $flags "mode=asleep"
done
[ -z "$guard" ] || guard_end
jh_down
finish
