#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A cell that misbehaves is contained: it is parked with a crash record where it must be stopped,
# goes on where an error is the right answer, and neither Linux nor a cell beside it takes notice.

. "$(dirname "$0")/lib.sh"

# Memory that is not the cell's: ADDRESS WHAT
targets()
{
	hypervisor=$(kernel_log | sed -n 's/.*hypervisor at \(0x[0-9a-f]*\),.*/\1/p')
	cat <<-END
		0x48000000 memory of Linux
		$hypervisor the hypervisor's memory
		0x9000000 the UART of Linux
		0x9040000 a device that is not its own
		0x8080000 the ITS
		0x10000000 PCI
		0x100000 the first page behind its memory
		0x80001000 the page behind the communication region
		0x7ffffff000 the end of what it can address
	END
}

# Start the attack: MODE [ADDRESS]
attack()
{
	check "$1 ${2:-}: start" jhctl cell run $CELLS/attack.cell $INMATES/attack.bin \
		--args "mode=$1${2:+ addr=$2}"
}

after_attack()
{
	check "$1: destroy the cell" jhctl cell destroy attack
	equal "$1: Linux has its CPU back" "$(cpus_online)" 0-2
	check "$1: the cell beside it ticks" ticks rtos
}

# It must be stopped, with a crash record: MODE ADDRESS CAUSE WHAT [ADDRESS IN THE RECORD]
is_stopped()
{
	at=${5:-$2}
	attack "$1" "$2" || return
	check "$1 $2 ($4): the cell fails" await 100 is_in_state attack failed
	cat $JH_SYS/cells/attack/crash >"$work/crash"
	equal "$1 $2: the crash record is right" "$(awk '
			/^cause/ { cause = $2 } /^cpu/ { cpu = $2 } /^address/ { print cause, cpu, $2 }
		' "$work/crash")" "$3 2 $(printf '0x%016x' "$at")"
	check "$1 $2: it did not survive" sh -c '! jhctl console attack | grep SURVIVED'
	matches "$1 $2: jhctl tells why" "$(jhctl cell list)" "^attack failed: .*$at"
	matches "$1 $2: and dmesg" "$(kernel_log | tail -n 3)" "cell attack failed on CPU 2.*$at"
	after_attack "$1 $2"
}

# The attack is allowed, and affects the cell alone: MODE
is_endured()
{
	attack "$1" || return
	check "$1: it ends" await 600 has_said attack "SURVIVED (as it should)"
	check "$1: by itself" await 20 is_in_state attack "shut down"
	after_attack "$1"
}

# The attack runs until the cell is stopped: MODE
is_ended()
{
	attack "$1" || return
	check "$1: it begins" await 50 has_said attack "mode $1"
	sleep 1
	equal "$1: it goes on" "$(cell_state attack)" running
	check "$1: it can be stopped" timeout 10 jhctl cell shutdown attack
	equal "$1: it is stopped" "$(cell_state attack)" stopped
	after_attack "$1"
}

begin
jh_up sys.cell
check "run a cell beside it" jhctl cell run $CELLS/rtos.cell $INMATES/timer.bin \
	--args "period_us=20000 report=3"
targets >"$work/targets"
while read -r address what; do
	for mode in read write; do
		is_stopped "$mode" "$address" access "$what"
	done
done <"$work/targets"
is_stopped exec 0x48000000 fetch "memory of Linux"
is_stopped exec 0x8080000 fetch "the ITS"
priorities=$(printf '%#x' $(($(distributor) + 0x400)))	# GICD_IPRIORITYR
form=0
for what in ldp stp ldxr "dc zva" "str q"; do
	is_stopped odd $form mmio "$what" "$priorities"
	form=$((form + 1))
done
for mode in hvc smc sysreg gic comm storm; do
	is_endured $mode
done
for mode in spin sleep; do
	is_ended $mode
done
check "destroy the cell beside it" jhctl cell destroy rtos
jh_down
finish
