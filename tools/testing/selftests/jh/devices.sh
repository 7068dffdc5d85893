#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Linux keeps what it cannot do without: devices whose drivers cannot be unbound or that others
# depend on, interrupts and registers in use, its own memory; and a listed root has all of these.
# Runs on the machine of tools/testing/qemu/test-devices, with its configurations.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

ODD=/srv/odd
TRACING=/sys/kernel/tracing

not_for_cells()
{
	name=$1
	shift
	refused "create: $name" 1 "$*" jhctl cell create "$ODD/$name.cell"
	jhctl cell destroy taker >/dev/null 2>&1
}

systems()
{
	refused "assignable over RAM" 1 "assignable\[0\].*0x48000000.*is RAM" \
		jhctl enable --dry-run $ODD/assignable.cell
	refused "a highest address below the end of RAM" 1 "0x4fffffff is below RAM's end, 0x7fffffff" \
		jhctl enable --dry-run $ODD/highest.cell
	refused "a listed root without some RAM" 1 "leaves out RAM at 0x7f000000" \
		jhctl enable --dry-run $ODD/no-ram.cell
	refused "a listed root without its UART" 1 "registers at 0x9000000 that /pl011@9000000 uses" \
		jhctl enable --dry-run $ODD/no-uart.cell
	refused "a listed root without its ITS" 1 "registers at 0x8080000" \
		jhctl enable --dry-run $ODD/no-its.cell
	check "a listed root that has all" jhctl enable --dry-run $ODD/whole.cell
}

devices()
{
	not_for_cells gpio "gpio@4f000000.*gpio-mxc.*cannot let go"
	# jhctl sees its registers in use before the driver looks at its interrupt.
	not_for_cells timer "/timer@4f020000 at 0x4f020000 mapped.*without a driver"
	not_for_cells syscon "syscon@4f070000.*several drivers share"
	not_for_cells reset-controller "reset-controller@4f060000.*/pl0[13]1@90[14]0000 depends on it"
	not_for_cells camera "camera@4f0a0000.*/pl031@9010000 depends on it"
	not_for_cells pcie "pcie@4f090000.*PCI host"
	not_for_cells irq "irq\[0\].*INTID 33 .uart-pl011"
	not_for_cells shared-ram "memory\[1\].*0x48000000.*shared with root, and Linux uses"
	not_for_cells shared-uart "memory\[1\].*registers at 0x9000000 ./pl011@9000000"
	not_for_cells shared-not-ram "memory\[1\].*registers at 0x9000000 ./pl011@9000000"
	for shared in shared-trusted shared-reserved; do
		check "create: $shared" jhctl cell create $ODD/$shared.cell
		check "destroy: $shared" jhctl cell destroy taker
	done
}

# Resets and management calls of the driver in their order, in words.
trace()
{
	[ -e $TRACING/trace ] || mount -t tracefs nodev $TRACING
	echo 'p:jhreset reset_control_assert' >$TRACING/kprobe_events
	echo 'p:jhcall jh:jh_call code=%x0:u64' >>$TRACING/kprobe_events
	echo 1 >$TRACING/events/kprobes/enable
}

untrace()
{
	echo 0 >$TRACING/events/kprobes/enable
	sed -n 's/.* jhreset: .*/reset/p
		s/.* jhcall: .* code=2$/start/p
		s/.* jhcall: .* code=3$/stop/p
		s/.* jhcall: .* code=4$/destroy/p
		s/.* jhcall: .* code=16$/write/p
		s/.* jhcall: .* code=17$/scrub/p' $TRACING/trace | uniq | tr '\n' ' '
	echo >$TRACING/trace
	echo >$TRACING/kprobe_events
}

# A device must be reset before the cell's memory is written or given away.
quiet()
{
	trace
	check "run a cell with a reset line" jhctl cell run $ODD/pl011.cell $INMATES/timer.bin
	check "stop it" jhctl cell shutdown --force taker
	check "load it again" jhctl cell load taker $INMATES/timer.bin
	check "start it again" jhctl cell start taker
	check "destroy it" jhctl cell destroy taker
	equal "its device is reset before its memory is used" "$(untrace)" \
		"write start stop reset write start stop reset scrub destroy "
	# Its line is another device's as well, which must not stop.
	check "create a cell with a network card" jhctl cell create $ODD/net.cell
	matches "nothing stops it, and that is said" "$(kernel_log)" \
		"cell taker: /ethernet@4f080000 may access memory by itself and has no reset line of its own"
	check "destroy that one" jhctl cell destroy taker
}

begin
check "modprobe jh" modprobe jh
systems
check "enable" jhctl enable $ODD/sys.cell
devices
quiet
check "disable" jhctl disable
check "rmmod jh" rmmod jh
finish
