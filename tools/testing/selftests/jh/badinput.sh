#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Bad input gets one clear sentence and changes nothing.

. "$(dirname "$0")/lib.sh"

bad=$work/bad.cell

# The interrupt controller's version here, and the other one.
if grep -q GICv3 /proc/interrupts; then
	gic=3 other=2
else
	gic=2 other=3
fi

# Make $bad, an edited copy of a good file: FILE EDIT...
edited()
{
	file=$1
	shift
	./blobedit "$CELLS/$file" "$bad" "$@"
}

# A bad system is refused, by a dry run in the same words: NAME EXPRESSION FILE EDIT...
bad_system()
{
	name=$1 expression=$2
	shift 2
	edited "$@" || result 1 "$name: blobedit" || return
	refused "enable: $name" 1 "$expression" jhctl enable "$bad"
	refused "dry run: $name" 1 "$expression" jhctl enable --dry-run "$bad"
}

# A bad cell: NAME EXPRESSION FILE EDIT...
bad_cell()
{
	name=$1 expression=$2
	shift 2
	edited "$@" || result 1 "$name: blobedit" || return
	refused "create: $name" 1 "$expression" jhctl cell create "$bad"
}

files()
{
	for length in 0 1 31 100 250; do
		head -c $length $CELLS/sys.cell >"$bad"
		refused "enable: file cut at $length" 1 "$bad|the file" jhctl enable "$bad"
	done
	refused "enable: no such file" 1 "/nothing" jhctl enable /nothing
	bad_system "wrong magic" "is not a compiled jh configuration" sys.cell ^header.magic=NONSENSE
	bad_system "wrong version" "format version 9, this jh reads version 2" \
		sys.cell ^header.version=9
	bad_system "wrong architecture" "architecture 7" sys.cell ^header.arch=7
	bad_system "wrong checksum" "checksum.* where 0x1234 is stored" sys.cell header.checksum=0x1234
	refused "enable: a cell's file" 1 "describes a cell where a system is needed" \
		jhctl enable $CELLS/rtos.cell
}

systems()
{
	bad_system "hypervisor memory ridiculously small" "hypervisor.* less than" \
		sys.cell system.hv_size=0x1000
	bad_system "hypervisor memory too small for this machine" "hypervisor.*too small" \
		sys.cell system.hv_size=0x40000
	bad_system "hypervisor memory is Linux' own" "hypervisor.*Linux uses" \
		sys.cell system.hv_address=0x48000000
	bad_system "hypervisor memory is no RAM" "hypervisor.*not RAM" \
		sys.cell system.hv_address=0x10000000
	bad_system "hypervisor memory misaligned" "hypervisor|system.*multiple" \
		sys.cell system.hv_address=0x48000800
	bad_system "pool is Linux' own" "pool\[0\].*Linux uses" \
		sys.cell "pool[0].address=0x48000000" "pool[0].flags=0"
	bad_system "pool is no RAM" "pool\[0\].*not RAM" \
		sys.cell "pool[0].address=0x10000000" "pool[0].flags=0"
	bad_system "pool misaligned" "pool\[0\].*multiple" sys.cell "pool[0].size=0x300000"
	bad_system "pool larger than Linux can give" "pool\[0\].*could not give" \
		sys.cell "pool[0].size=0x40000000"
	bad_system "pools overlap" "pool\[[01]\].*overlaps pool\[[01]\]" sys.cell +pool \
		"pool[0].address=0x60000000" "pool[0].flags=0" \
		"pool[1].address=0x62000000" "pool[1].flags=0"
	refused "enable: GIC of another version" 1 "GICv$gic, not a GICv$other" \
		jhctl enable "$(other_system)"
	bad_system "wrong address of the distributor" "0xa800000.*the device tree has it at" \
		sys.cell "unit[0].address=0xa800000"
	bad_system "wrong address of another frame" "0x9100000.*the device tree has it at" \
		sys.cell "unit[1].address=0x9100000"
	# A PL011
	set -- +console console.type=3 console.size=0x1000 console.flags=1
	bad_system "no UART at the console's address" "console.*no pl011 UART at 0x9050000" \
		sys.cell "$@" console.address=0x9050000
	bad_system "another device at the console's address" "console.*no pl011 UART at 0x9010000" \
		sys.cell "$@" console.address=0x9010000
}

image()
{
	image=/lib/firmware/jh/jh-gicv$gic.bin
	mv $image $image.away
	refused "enable: no image" 1 "jh-gicv$gic.bin" jhctl enable $CELLS/sys.cell
	head -c 100000 /dev/zero >$image
	refused "enable: image is rubbish" 1 "not of this jh.ko.s format" jhctl enable $CELLS/sys.cell
	cp /lib/firmware/jh/jh-gicv$gic-base.bin $image
	refused "enable: image without the units that are wanted" 1 "lacks uart, link of hypervisor.units" \
		jhctl enable $CELLS/sys.cell
	cp /lib/firmware/jh/jh-gicv$other.bin $image
	refused "enable: image for another GIC" 1 "drives a GICv$other, not a GICv$gic" \
		jhctl enable $CELLS/sys.cell
	mv $image.away $image
}

# Before there is a hypervisor.
disabled()
{
	refused "list" 3 "not enabled" jhctl cell list
	refused "create" 3 "not enabled" jhctl cell create $CELLS/rtos.cell
	refused "destroy" 3 "not enabled" jhctl cell destroy rtos
	refused "disable" 3 "not enabled" jhctl disable
}

# The address of a cell's memory is unknown: try all of RAM, from the top.
memory_of_another()
{
	address=2032
	while [ $address -ge 1024 ]; do
		phys=$(printf '0x%x' $((address << 20)))
		edited rtos2.cell "memory[0].phys=$phys" "memory[0].flags=0x27"
		if jhctl cell create "$bad" 2>"$work/stderr"; then
			jhctl cell destroy rtos2
		elif grep -q overlaps "$work/stderr"; then
			break
		fi
		address=$((address - 16))
	done
	bad_cell "memory is another cell's" "memory\[0\].*overlaps.*rtos" \
		rtos2.cell "memory[0].phys=$phys" "memory[0].flags=0x27"
}

cells()
{
	refused "create: a system's file" 1 "describes a system where a cell is needed" \
		jhctl cell create $CELLS/sys.cell
	bad_cell "wrong checksum" "checksum.* where 0x1234 is stored" rtos2.cell header.checksum=0x1234
	bad_cell "memory misaligned" "memory\[0\].*multiple" rtos2.cell "memory[0].size=0x1001"
	bad_cell "memory overlaps" "memory\[[01]\].*overlaps memory\[[01]\]" rtos2.cell +memory
	bad_cell "memory is Linux' own" "memory\[0\].*no pool" \
		rtos2.cell "memory[0].phys=0x48000000" "memory[0].flags=0x27"
	bad_cell "memory is no RAM" "memory\[0\].*(no pool|not RAM)" \
		rtos2.cell "memory[0].phys=0x10000000" "memory[0].flags=0x27"
	bad_cell "memory is the hypervisor's" "memory\[0\].*hypervisor's memory" \
		rtos2.cell "memory[0].phys=$hypervisor" "memory[0].size=0x1000" \
		"memory[0].flags=0x27"
	memory_of_another
	bad_cell "memory ends nowhere" "memory\[0\].*(beyond|no pool)" \
		rtos2.cell "memory[0].phys=0xffffff000000" "memory[0].flags=0x27"
	bad_cell "memory is larger than the pools" "memory\[0\].*48 MiB|memory\[0\].*pools have" \
		rtos2.cell "memory[0].size=0x8000000"
	bad_cell "a device's registers that are not assignable" "memory\[1\].*not assignable" \
		rtos2.cell +memory "memory[1].phys=0x9010000" "memory[1].virt=0x9010000" \
		"memory[1].size=0x1000" "memory[1].flags=0x13"
	bad_cell "the interrupt controller's registers" "memory\[1\].*interrupt controller" \
		rtos2.cell +memory "memory[1].phys=0x8000000" "memory[1].virt=0x20000000" \
		"memory[1].size=0x1000" "memory[1].flags=0x13"
	bad_cell "a CPU out of range" "cpus\[0\].*CPU 200" rtos2.cell "cpu[0].cpu=200"
	bad_cell "a CPU that does not exist" "cpus\[0\].*no CPU 40" rtos2.cell "cpu[0].cpu=40"
	bad_cell "a CPU that is taken" "cpus\[0\].*CPU 3 belongs to.*rtos" rtos2.cell "cpu[0].cpu=3"
	bad_cell "the last CPU" "cpus\[2\].*last" rtos2.cell +cpu +cpu "cpu[0].cpu=0" "cpu[1].cpu=1" \
		"cpu[2].cpu=2"
	bad_cell "a CPU twice" "cpus\[1\].*CPU 2 is also" rtos2.cell +cpu
	echo 0 >/sys/devices/system/cpu/cpu2/online
	bad_cell "a CPU that is offline" "cpus\[0\].*CPU 2 is offline" rtos2.cell
	echo 1 >/sys/devices/system/cpu/cpu2/online
	bad_cell "a name used twice" "rtos.*exists|cell of this name" rtos2.cell cell.name=rtos
	bad_cell "root's name" "qemu-virt: the system itself has this name" rtos2.cell cell.name=qemu-virt
	bad_cell "a device that does not exist" "/nothing.*not in the device tree" \
		uart.cell "cpu[0].cpu=2" "device[0].path=/nothing"
	bad_cell "an interrupt that does not exist" "irq\[0\].*INTID" \
		uart.cell "cpu[0].cpu=2" "irq[0].intid=900"
}

images()
{
	check "create rtos2" jhctl cell create $CELLS/rtos2.cell
	refused "start without load" 1 "rtos2 has nothing loaded" jhctl cell start rtos2
	truncate -s 17M "$work/big"
	refused "image too big" 1 "big.*17 MiB does not fit" jhctl cell load rtos2 "$work/big"
	refused "image at a wrong address" 1 "hello.bin.*0x20000000" \
		jhctl cell load rtos2 $INMATES/hello.bin --address 0x20000000
	refused "image over the end" 1 "hello.bin" \
		jhctl cell load rtos2 $INMATES/hello.bin --address 0xfff000
	cp $INMATES/hello.elf "$work/x86.elf"
	printf '\076' | dd of="$work/x86.elf" bs=1 seek=18 conv=notrunc 2>/dev/null
	refused "ELF of another architecture" 1 "x86.elf.*aarch64" jhctl cell load rtos2 "$work/x86.elf"
	head -c 3000 $INMATES/hello.elf >"$work/cut.elf"
	refused "ELF that was cut" 1 "cut.elf" jhctl cell load rtos2 "$work/cut.elf"
	refused "no such image" 1 "/nothing" jhctl cell load rtos2 /nothing
	refused "a directory" 1 "$work is a directory" jhctl cell load rtos2 "$work"
	: >"$work/empty"
	refused "an empty file" 1 "empty: it is empty" jhctl cell load rtos2 "$work/empty"
	refused "a string over an image" 1 "hello.bin and --string overlap" \
		jhctl cell load rtos2 $INMATES/hello.bin --string x --address 0
	refused "over the communication region" 1 "hello.bin.*communication region" \
		jhctl cell load rtos2 $INMATES/hello.bin --address 0x7ffff000
	refused "still start without load" 1 "has nothing loaded" jhctl cell start rtos2
	refused "shutdown of one that does not run" 1 "rtos2 was not started yet" jhctl cell shutdown rtos2
	check "destroy rtos2" jhctl cell destroy rtos2
}

verbs()
{
	refused "a name mistyped" 1 "no cell 'rots': did you mean 'rtos'" jhctl cell start rots
	refused "enable twice" 1 "enabled already" jhctl enable $CELLS/sys.cell
	refused "no such cell" 1 "no.* cell.*nobody" jhctl cell start nobody
	refused "no such number" 1 "no.* cell" jhctl cell destroy 9
	refused "root cannot be destroyed" 1 "root" jhctl cell destroy 0
	refused "root cannot be shut down" 1 "root" jhctl cell shutdown qemu-virt
	refused "start of one that runs" 1 "rtos is running" jhctl cell start rtos
	refused "load into one that runs" 1 "rtos is running" \
		jhctl cell load rtos $INMATES/hello.bin
	refused "disable with cells alive" 1 "rtos.*exists" jhctl disable
	refused "rmmod while enabled" 1 "unload module.*jh" rmmod jh
	refused "wrong use" 2 "no verb .cell frobnicate" jhctl cell frobnicate
	grep -qs ^nobody: /etc/passwd || echo "nobody:x:65534:65534::/:/bin/sh" >>/etc/passwd
	refused "not root" 4 "root" su nobody -c 'jhctl cell list'
	refused "not root: enable" 4 "root" su nobody -c "jhctl enable $CELLS/sys.cell"
}

begin
check "there is no jh at first" test ! -e $JH_SYS
refused "list without the module" 3 "modprobe jh" jhctl cell list
module=$(modinfo -n jh 2>/dev/null || find /lib/modules -name 'jh.ko*')
mv "$module" "$module.away"
refused "enable without a module" 3 "jh cannot be loaded" jhctl enable $CELLS/sys.cell
mv "$module.away" "$module"
check "jhctl enable loads it" jhctl enable $CELLS/sys.cell
check "and enables jh" jhctl status
check "disable" jhctl disable
disabled
files
systems
image
check "after all this it can be enabled" jhctl enable $CELLS/sys.cell
hypervisor=$(kernel_log | sed -n 's/.*hypervisor at \(0x[0-9a-f]*\),.*/\1/p' | tail -n 1)
check "and a cell runs" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=20000 report=10"
cells
images
verbs
check "the cell still runs" ticks rtos
check "shut it down" jhctl cell shutdown --force rtos
refused "shutdown of one that has ended" 1 "rtos has ended already" jhctl cell shutdown rtos
check "destroy it" jhctl cell destroy rtos
jh_down
finish
