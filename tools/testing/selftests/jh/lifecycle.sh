#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Enable, create, load, start, list, stats, console, shutdown, destroy, disable.

. "$(dirname "$0")/lib.sh"

TRACING=/sys/kernel/tracing

# A kernel that traces has the module's events; all of Debian's do.
trace_begins()
{
	[ -e $TRACING/trace ] || mount -t tracefs none $TRACING 2>/dev/null
	echo 1 >$TRACING/events/jh/enable
}

trace_ends()
{
	echo 0 >$TRACING/events/jh/enable
	traced=$(cat $TRACING/trace)
	matches "a call was traced" "$traced" "jh_call: call=create argument=0x[0-9a-f]+ result=1 ticks=[0-9]"
	matches "and each state of the cell" "$traced" "jh_cell: cell=1 name=rtos state=created cause=0"
	matches "the last one too" "$traced" "jh_cell: cell=1 name=rtos state=running cause=0"
}

states_of_one_cell()
{
	trace_begins
	check "create rtos" jhctl cell create $CELLS/rtos.cell
	equal "it is created" "$(cell_state rtos)" created
	equal "Linux has lost CPU 3" "$(cpus_online)" 0-2
	equal "sysfs: state" "$(cat $JH_SYS/cells/rtos/state)" created
	equal "sysfs: cpus" "$(cat $JH_SYS/cells/rtos/cpus)" 3
	equal "sysfs: memory" "$(cat $JH_SYS/cells/rtos/memory)" 16777216
	equal "sysfs: starts" "$(cat $JH_SYS/cells/rtos/starts)" 0
	check "load rtos" jhctl cell load rtos $INMATES/hello.bin -s "one two=2" -a 0x1000
	equal "it is loaded" "$(cell_state rtos)" loaded
	check "start rtos" jhctl cell start rtos
	equal "it is running" "$(cell_state rtos)" running
	check "it prints" await 100 has_said rtos "hello: tick 1"
	check "it has its command line" has_said rtos 'command line "one two=2"'
	check "it is at EL1" has_said rtos "at EL1"
	trace_ends
}

lists()
{
	matches "list shows rtos" "$(jhctl cell list)" "^ *1 +rtos +running +3 +16M +[0-9]+$"
	matches "list shows root" "$(jhctl cell list)" "^ *0 +qemu-virt +running +0-2 +rest +[0-9]+$"
	matches "list as JSON" "$(jhctl cell list --json | tr -d '\n')" '"name": "rtos"'
	exits=$(jhctl cell stats rtos --json | sed -n 's/.*"total": \([0-9]*\).*/\1/p' | tail -n 1)
	check "stats count exits (${exits:-none})" test "${exits:-0}" -gt 0
	check "stats by number" jhctl cell stats 1
	matches "status says where the hypervisor is" "$(jhctl status)" "^hypervisor: .* at 0x[0-9a-f]+$"
	matches "status says what cells can get" "$(jhctl status)" "^pool: 64M at 0x[0-9a-f]+$"
	matches "status shows the cells" "$(jhctl status)" "^ *3 +0x3 +rtos"
	check "sysfs counts exits" test "$(cat $JH_SYS/cells/rtos/statistics/total)" -gt 0
}

end_and_again()
{
	check "shutdown rtos" jhctl cell shutdown rtos
	check "it says good-bye" has_said rtos "hello: bye"
	check "it is stopped" is_in_state rtos stopped "shut down"
	equal "its CPU stays its own" "$(cpus_online)" 0-2
	check "load it anew" jhctl cell load rtos $INMATES/timer.elf -s "period_us=20000 report=5" \
		-a 0x1000
	check "start it anew" jhctl cell start rtos
	check "the other program runs" ticks rtos
	equal "it was started twice" "$(cat $JH_SYS/cells/rtos/starts)" 2
	matches "show tells where its CPU is" "$(jhctl cell show rtos)" \
		"^  CPU 3 +at 0x[0-9a-f]+ [a-z0-9_]+[+]0x"
	matches "and in which program" "$(jhctl cell show rtos)" "^  program $INMATES/timer.elf$"
	check "which it goes on with" ticks rtos
}

two_cells()
{
	check "run rtos2 beside it" jhctl cell run $CELLS/rtos2.cell $INMATES/hello.bin \
		--args "ticks=1"
	equal "Linux has two CPUs" "$(cpus_online)" 0-1
	check "it ends by itself" await 100 is_in_state rtos2 "shut down"
	equal "sysfs says so" "$(cat $JH_SYS/cells/rtos2/state)" "shut down"
	check "rtos runs on" ticks rtos
	check "destroy rtos2" jhctl cell destroy rtos2
	equal "Linux has CPU 2 back" "$(cpus_online)" 0-2
	check "shutdown --force" jhctl cell shutdown --force rtos
	equal "rtos is stopped" "$(cell_state rtos)" stopped
	matches "show tells where" "$(jhctl cell show rtos)" "^  CPU 3 +stopped at 0x[0-9a-f]+ [a-z0-9_]+[+]0x"
	check "destroy rtos" jhctl cell destroy rtos
	equal "Linux has CPU 3 back" "$(cpus_online)" 0-3
	check "its directory is gone" test ! -e $JH_SYS/cells/rtos
	check "CPU 3 works" taskset 8 sha256sum /proc/version
}

several_cpus()
{
	check "run smp on two CPUs" jhctl cell run $CELLS/smp.cell $INMATES/smp.bin --args rounds=20
	check "both come up" await 200 has_said smp "answered 20 of 20"
	check "and go off" await 100 has_said smp "1 of 1 CPUs are off again"
	matches "show tells where that was" "$(jhctl cell show smp --elf $INMATES/smp.elf)" \
		"^  CPU 3 +(is off, was|stopped) at 0x[0-9a-f]+ [a-z0-9_]+[+]0x"
	check "destroy smp" jhctl cell destroy smp
	equal "Linux has all CPUs" "$(cpus_online)" 0-3
}

device()
{
	before=$(drivers)
	check "Linux drives the second UART" test -e /sys/bus/amba/devices/9040000.pl011/driver
	check "run uart" jhctl cell run $CELLS/uart.cell $INMATES/hello.bin --args ticks=1
	matches "its driver is not Linux' own" \
		"$(readlink /sys/bus/amba/devices/9040000.pl011/driver)" "jh|^$"
	check "it ends" await 100 is_in_state uart "shut down"
	check "destroy uart" jhctl cell destroy uart
	equal "Linux' driver is back" "$(drivers)" "$before"
	check "and works" sh -c 'echo back >/dev/ttyAMA1'
}

begin
snapshot >"$work/start"
check "modprobe jh" modprobe jh
equal "not enabled at first" "$(cat $JH_SYS/enabled)" 0
snapshot >"$work/before"
check "a dry run" jhctl enable --dry-run $CELLS/sys.cell
snapshot >"$work/after"
check "changes nothing" diff "$work/before" "$work/after"
check "enable" jhctl enable $CELLS/sys.cell
equal "enabled" "$(cat $JH_SYS/enabled)" 1
states_of_one_cell
lists
end_and_again
two_cells
several_cpus
device
jh_down
snapshot >"$work/end"
check "Linux has all that it had" diff "$work/start" "$work/end"
equal "all CPUs are online" "$(cpus_online)" 0-3
finish
