#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Everything that an untrusted cell can execute, beside a guard with a pattern in its memory and a
# tick: each attack ends as it must, and leaves no trace in Linux, the guard and the CPU's next
# owner.
# hostile.sh PART...: memory, foreign, foreign-long, sweep, sweep-long, strange, remap.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

ROOTS=0x48000000	# memory of Linux
GICD=0x8000000
NOTHING=0xb000000	# every access is an abort, on virt
NOTHING_SIZE=0x40000

run()
{
	check "$1: run" jhctl cell run $CELLS/attack.cell "$INMATES/$1.bin" --args "$2"
}

# Linux, the guard and the CPU's next owner are not affected: NAME
nothing_happened()
{
	check "$1: destroy" timeout 20 jhctl cell destroy attack
	equal "$1: Linux has its CPUs" "$(cpus_online)" "$online"
	guard_holds "$1"
	check "$1: the kernel does not complain" no_complaints
}

# --- memory ---

# It is stopped at this address: FORM ADDRESS [normal]
is_stopped()
{
	run memory "form=$1 addr=$2 ${3:-}" || return
	check "$*: the cell fails" await 50 is_in_state attack failed
	check "$*: it did not survive" sh -c '! jhctl console attack | grep SURVIVED'
	matches "$*: for this reason" "$(sed -n 's/^cause *//p' $JH_SYS/cells/attack/crash)" \
		"^(access|fetch|mmio)$"
	check "$*: destroy" jhctl cell destroy attack
}

# A form that the CPU lacks, or refuses at EL1, is an exception of the cell: FORM ADDRESS [normal]
is_contained()
{
	run memory "form=$1 addr=$2 ${3:-}" || return
	check "$*: the cell fails, or has itself to blame" await 50 has_failed_itself
	check "$*: destroy" jhctl cell destroy attack
}

has_failed_itself()
{
	is_in_state attack failed || has_said attack "SURVIVED, 1 faults"
}

# It has no effect: FORM ADDRESS [normal]
is_harmless()
{
	run memory "form=$1 addr=$2 ${3:-}" || return
	check "$*: it goes on" await 50 has_said attack "SURVIVED"
	check "$*: destroy" jhctl cell destroy attack
}

memory()
{
	for form in ldp stp ldr_back str_back ldrb_back ldxr stxr ldar stlr stnp zva walk walk_upper \
		    simd; do
		is_stopped $form $ROOTS
	done
	for form in ldlar ldtr sttr cas casp ldadd swp; do
		is_contained $form $ROOTS
	done
	for form in ldp stxr zva unaligned simd; do
		is_stopped $form $ROOTS normal
	done
	for form in cas casp swp; do
		is_contained $form $ROOTS normal
	done
	hypervisor=$(kernel_log | sed -n 's/.*hypervisor at \(0x[0-9a-f]*\),.*/\1/p')
	for form in stp zva walk walk_store; do
		is_stopped $form "$hypervisor"
	done
	is_stopped cross 0x100000
	is_stopped stp $((GICD + 0x80080))	# the ITS
	is_stopped unaligned $((GICD + 0x400)) normal
	for form in at prfm tlbi; do
		is_harmless $form $ROOTS
	done
	nothing_else memory
}

# Every cell of a part was destroyed already: NAME
nothing_else()
{
	equal "$1: Linux has its CPUs" "$(cpus_online)" "$online"
	guard_holds "$1"
	check "$1: the kernel does not complain" no_complaints
	next_owner $CELLS/attack.cell "$1"
}

# --- the interrupt controller, system registers ---

# It ends by itself: INMATE ARGUMENTS TENTHS
ends()
{
	run "$1" "$2" || return
	check "$1 $2: it ends" await "$3" has_said attack "$1: done"
	check "$1 $2: nothing of it answered" sh -c '! jhctl console attack | grep "NOT CONTAINED"'
	nothing_happened "$1 $2"
}

foreign()
{
	ends foreign mode=sgi 600
	ends foreign "mode=random seed=1 n=100000" 900
	next_owner $CELLS/attack.cell foreign
}

foreign_long()
{
	ends foreign mode=gicd 6000
	ends foreign mode=gicr 6000
	for seed in 2 3 4; do
		ends foreign "mode=random seed=$seed" 3000
	done
	next_owner $CELLS/attack.cell foreign
}

# What the registers hold for a new owner.
registers()
{
	run sweep mode=dump || return
	check "dump: it ends" await 600 has_said attack "sweep: done"
	jhctl console attack | tr -d '\r' | tr ' ' '\n' | grep '=' >"$work/$1"
	check "dump: destroy" jhctl cell destroy attack
}

# MODE TENTHS VALUE...
sweeps()
{
	mode=$1 tenths=$2
	shift 2
	for value; do
		ends sweep "mode=$mode val=$value" "$tenths"
		registers after
		check "sweep $mode $value: the next owner's registers are the same" \
			diff "$work/before" "$work/after"
	done
}

sweep()
{
	registers before
	sweeps write 1200 -1
	next_owner $CELLS/attack.cell sweep
}

sweep_long()
{
	registers before
	ends sweep mode=read 1200
	sweeps write 1200 0 0x5555555555555555 0x80000
	sweeps sys 1200 0x88000 0 -1
	next_owner $CELLS/attack.cell sweep
}

# --- states to be destroyed in ---

# Endless output pushes the first words out of the ring: MODE
has_begun()
{
	if [ "$1" = putc ]; then
		[ "$(jhctl console attack | wc -c)" -gt 1000 ]
	else
		has_said attack "strange: ready"
	fi
}

strange()
{
	for mode in no-vectors brk-vectors el0 hvc suspend putc tlbi tlbi-no-sync set-way mmu-off \
		    debug sgis triggers active closed priorities full timers deny lie; do
		run strange "mode=$mode" || continue
		check "$mode: it begins" await 50 has_begun "$mode"
		usleep 200000
		check "$mode: stop" timeout 20 jhctl cell shutdown --force attack
		nothing_happened "strange $mode"
		next_owner $CELLS/attack.cell "strange $mode"
	done
}

# --- a translation that changes under the hypervisor ---

remap()
{
	./blobedit $CELLS/attack.cell "$work/attack.cell" "+memory[0]" "memory[1].phys=$NOTHING" \
		"memory[1].virt=$NOTHING" "memory[1].size=$NOTHING_SIZE" "memory[1].flags=0x13" || return
	check "remap: run" jhctl cell run "$work/attack.cell" $INMATES/remap.bin --args "io=$NOTHING"
	check "remap: it ends or goes on" await 100 is_in_state attack failed "shut down"
	check "remap: it is not the hypervisor's fault" sh -c \
		"! grep -i hypervisor $JH_SYS/cells/attack/crash"
	nothing_happened remap
	next_owner $CELLS/attack.cell remap
}

begin
case " $* " in
*" remap "*)
	./blobedit $CELLS/sys.cell "$work/sys.cell" "+assignable[0]" \
		"assignable[1].address=$NOTHING" "assignable[1].size=$NOTHING_SIZE"
	;;
*)
	cp $CELLS/sys.cell "$work/sys.cell"
	;;
esac
check "modprobe jh" modprobe jh
check "jhctl enable" jhctl enable "$work/sys.cell"
guard_begin $CELLS/rtos.cell
online=$(cpus_online)
for part; do
	"$(echo "$part" | tr - _)"
done
guard_end
jh_down
finish
