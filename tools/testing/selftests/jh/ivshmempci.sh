#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A link that Linux finds as a PCI device, ivshmem version 2: what is on its bus, that nothing that is
# written there breaks it, bytes there and back between a cell and a driver of Linux that knows no more
# than the specification, and that it goes with its cell, whoever drives it.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

LIVES=${1:-20}
DEVICES=/sys/bus/pci/devices
MODULE=jh_ivshmem_peer
PARAMETERS=/sys/module/$MODULE/parameters
DRIVER=/sys/bus/pci/drivers/$MODULE

# The device's number on Linux' buses, as "6a68:00:00.0"; nothing: it is not there
device()
{
	grep -l 0x4106 $DEVICES/*/device 2>/dev/null | sed 's|.*/\([^/]*\)/device|\1|'
}

on_the_buses()
{
	find $DEVICES/ -type l | sed 's|.*/||' | sort
}

# The configuration space from OFFSET on, COUNT bytes in hexadecimal
config()
{
	od -An -v -tx1 -j "$1" -N "$2" "$DEVICES/$pci/config" | tr -d ' \n'
}

# OFFSET BYTE: a store to it
put_config()
{
	printf "\\$(printf %o "$2")" | dd of="$DEVICES/$pci/config" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# All of it, but what drivers change
write_everything()
{
	for value in 255 0 165; do
		at=0
		while [ $at -lt 256 ]; do
			put_config $at $value
			at=$((at + 1))
		done
	done
}

# A cell whose test inmate wants its bytes back: WHAT
judged()
{
	check "$1: it comes to its end" await 600 is_in_state ivshmem "shut down" failed stopped
	jhctl console ivshmem | tr -d '\r' >"$work/out"
	equal "$1: no test of the cell fails" "$(grep '^not ok' "$work/out")" ""
	matches "$1: all of it was seen" "$(tail -n 1 "$work/out")" '^# end pass=[1-9][0-9]* fail=0'
}

has_seen()
{
	[ "$(cat $PARAMETERS/lives)" -ge "$1" ]
}

begin
jh_up sys.cell
before=$(on_the_buses)
check "create a cell" jhctl cell create $CELLS/ivshmem-pci.cell
pci=$(device)
matches "Linux has the device, on a bus of its own" "$pci" '^6a68:00:00\.0$'
equal "and no other one" "$(on_the_buses | grep -v "^$pci\$")" "$before"
equal "it is no other device" "$(find /dev -name samples)" ""
equal "vendor and device" "$(config 0 4)" 0a110641
equal "its class has the protocol" "$(cat "$DEVICES/$pci/class")" 0xff4001
equal "its subsystem is the same" "$(config 44 4)" 0a110641
equal "the vendor's capability" "$(config 64 4)" 09002000
equal "with the sizes of the memory" "$(config 68 20)" 0010000000700000000000000040000000000000
matches "BAR 0 is a page" "$(head -n 1 "$DEVICES/$pci/resource")" \
	'^0x0*[0-9a-f]*000 0x0*[0-9a-f]*fff 0x0*40200$'
check "where nothing else is" grep -E ' : jh-link$' /proc/iomem
equal "nothing is behind the capability" "$(config 96 160 | tr -d 0)" ""

space=$(config 0 256)
write_everything
put_config 4 0
put_config 5 0
put_config 67 0
equal "what cannot be written stays" "$(config 0 16)$(config 20 236)" \
	"$(echo "$space" | cut -c 1-8)00001000$(echo "$space" | cut -c 17-32)$(echo "$space" | cut -c 41-)"
check "its BAR comes back" sh -c "echo 1 >$DEVICES/$pci/remove && echo 1 >/sys/bus/pci/rescan"
equal "as it was" "$(config 0 256)" "$space"

check "destroy the cell, which has no driver" jhctl cell destroy ivshmem
equal "the device has gone" "$(device)" ""

for one_shot in 0 1; do
	check "one_shot=$one_shot: load a driver" modprobe $MODULE one_shot=$one_shot fuzz=4000
	check "one_shot=$one_shot: run the cell" jhctl cell run $CELLS/ivshmem-pci.cell \
		$INMATES/ivshmem.bin --args mode=test
	check "one_shot=$one_shot: the driver takes it" test -e "$DRIVER/$pci"
	check "one_shot=$one_shot: it has an interrupt" test "$(cat "$DEVICES/$pci/irq")" -gt 0
	judged "one_shot=$one_shot"
	check "one_shot=$one_shot: all bytes came back" test "$(cat $PARAMETERS/bytes)" -ge 393216
	check "one_shot=$one_shot: by interrupts" test "$(cat $PARAMETERS/interrupts)" -gt 10
	check "one_shot=$one_shot: destroy the cell under its driver" jhctl cell destroy ivshmem
	equal "one_shot=$one_shot: the device has gone" "$(device)" ""
	equal "one_shot=$one_shot: and its registers" "$(grep -c jh-link /proc/iomem)" 0
	check "one_shot=$one_shot: the driver goes" rmmod $MODULE
done

check "a cell that comes back" ./blobedit $CELLS/ivshmem-pci.cell "$work/lives.cell" \
	"cell[0].on_failure=1" "cell[0].max_restarts=$LIVES"
check "run it" jhctl cell run "$work/lives.cell" $INMATES/ivshmem.bin --args mode=die
check "the driver comes late" modprobe $MODULE
check "it sees each of $LIVES lives" await $((LIVES * 30)) has_seen $((LIVES + 1))
jhctl cell shutdown --force ivshmem >/dev/null 2>&1
check "and goes before the cell" rmmod $MODULE
check "destroy it" jhctl cell destroy ivshmem

jh_down
equal "Linux' buses are as before" "$(on_the_buses)" "$before"
finish
