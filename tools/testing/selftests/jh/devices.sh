#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# What Linux cannot do without stays with Linux: devices whose drivers cannot let go or that others
# need, interrupts and registers in use, its own memory; and a listed root has all of these. Runs on
# the machine that tools/testing/qemu/test-devices makes, with its configurations.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

ODD=/root/odd

not_for_cells()
{
	name=$1
	shift
	refused "create: $name" 1 "$*" jhctl cell create "$ODD/$name.cell"
}

systems()
{
	refused "a window over RAM" 1 "windows\[0\].*0x48000000.*is RAM" \
		jhctl enable --dry-run $ODD/window.cell
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
	not_for_cells timer "timer@4f020000.*INTID 134.*without a driver"
	not_for_cells syscon "syscon@4f070000.*several drivers share"
	not_for_cells reset-controller "reset-controller@4f060000.*/pl011@9040000 depends on it"
	not_for_cells irq "irq\[0\].*INTID 33 .uart-pl011"
	not_for_cells shared-ram "memory\[1\].*0x48000000.*shared with root, and Linux uses"
	not_for_cells shared-uart "memory\[1\].*registers at 0x9000000 ./pl011@9000000"
	for shared in shared-trusted shared-reserved; do
		check "create: $shared" jhctl cell create $ODD/$shared.cell
		check "destroy: $shared" jhctl cell destroy taker
	done
}

begin
check "modprobe jh" modprobe jh
systems
check "enable" jhctl enable $ODD/sys.cell
devices
check "disable" jhctl disable
check "rmmod jh" rmmod jh
finish
