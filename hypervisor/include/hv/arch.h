/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The whole contract between what partitioning means (core/) and one architecture (arch/<arch>/).
 * core/ includes nothing of an architecture but this file; <asm/core.h> brings its inline parts:
 *
 *	arch_relax()		called in every loop that waits for another CPU
 *	arch_pgtable_geometry()	the first table for so many bits: its level and its pages, a power
 *				of two; false: no guest can have so many bits
 *	arch_pte_*()		encoding of guest translation tables, see hv/pgtable.h
 *	pa_to_va(), va_to_pa()	the hypervisor's own memory
 *	this_cpu()		number of the executing CPU
 *	arch_cpu_self()		its struct cpu (hv/cpu.h)
 *	this_cell()		the cell whose guest the executing CPU runs
 *	this_stats()		counters of the executing CPU, by JH_STAT_*
 *	ROOT_MAP_FLAGS		how root's memory is mapped: MAP_* of hv/addr.h
 *	ARCH_ADDRESS_BITS	the most bits that a guest-physical address can have
 *	ARCH_CELL_BITS		bits of the guest-physical addresses of cells
 *	ARCH_SLOT_PAGES		the most pages that arch_guest_map_ro() and arch_guest_map_rw() map
 *	ARCH_MAX_PAGES		the most pages that the hypervisor can have, a multiple of 64
 *	struct arch_cell	what the architecture adds to struct cell
 *	struct arch_cpu		what the architecture adds to struct cpu
 */
#ifndef HV_ARCH_H
#define HV_ARCH_H

#include <hv/addr.h>
#include <asm/core.h>

struct cell;
struct cpu;
struct jh_boot_info;
struct jh_error;
struct pgtable;

/*
 * --- bring-up, in the order in which core/enable.c calls ---
 *
 * Units are checked and built before all of these; three units are the architecture's (hv/unit.h).
 */

/** arch_address_bits() - bits of the widest guest-physical addresses that this CPU translates */
u32 arch_address_bits(void);

/**
 * arch_cpu_prepare() - read and check everything that the take-over of the executing CPU needs
 *
 * Called on each CPU; changes nothing in hardware. Return: 0 or -errno with the error filled in.
 */
int arch_cpu_prepare(u32 cpu, struct jh_error *error);

/** arch_cpu_commit() - put the CPU under the root cell's control. Cannot fail. Each CPU. */
void arch_cpu_commit(u32 cpu);

/** arch_cpu_may_release() - can the executing CPU be released now without losing an interrupt? */
bool arch_cpu_may_release(void);

/**
 * arch_cpu_release() - undo arch_cpu_commit() and go on as root on the bare machine
 *
 * For a CPU that executes root's JH_HC_DISABLE, which returns 0 there.
 */
void arch_cpu_release(u32 cpu) __noreturn;

/**
 * arch_cpu_die() - let firmware turn off the executing CPU, which is parked
 *
 * Its state is CPU_DYING meanwhile. Returns only if firmware refuses.
 */
void arch_cpu_die(void);

/**
 * arch_cpu_kill() - make a CPU of root that is not running die, and wait until firmware agrees
 *
 * Return: 0 once firmware says that it is off and its state is CPU_UNMANAGED, or -EIO after 100 ms.
 */
int arch_cpu_kill(struct cpu *cpu);

/* --- cells --- */

/**
 * arch_irq_claim() - give @cell an interrupt that root or @cell itself owns
 *
 * It becomes disabled, neither pending nor active, and routed to the cell's first CPU. Only a CPU
 * of root that has it in flight is asked to give it up; no other CPU is disturbed.
 *
 * Return: 0, or the CPUs that did not give it up within 100 ms; then root still owns it, disabled.
 */
u64 arch_irq_claim(struct cell *cell, u32 irq, bool edge);

/** arch_irq_release() - give an interrupt back to root, disabled, inactive, triggered as before. */
void arch_irq_release(struct cell *cell, u32 irq);

/**
 * arch_irq_resync() - take back interrupts that are in flight on the executing CPU but disabled, or
 *		       owned by another cell
 */
void arch_irq_resync(void);

/** arch_irq_refusal() - why no cell can own this interrupt of root: JH_ERR_*, or 0 if one can */
u32 arch_irq_refusal(u32 irq);

/** arch_virq_exists() - can a virtual interrupt have this number? */
bool arch_virq_exists(u32 irq);

/** arch_virq_reset() - reset virtual interrupt @n (hv/virq.h) of a cell whose CPUs are parked */
void arch_virq_reset(struct cell *cell, u32 n);

/**
 * arch_virq_changed() - the level of a cell's virtual UART's interrupt may have changed
 *
 * It goes to the first of the cell's CPUs that are on. Any CPU may call this for any cell that
 * exists, running or not.
 */
void arch_virq_changed(struct cell *cell);

/** arch_virq_raise() - raise the edge-triggered virtual interrupt @n; as arch_virq_changed() */
void arch_virq_raise(struct cell *cell, u32 n);

/** arch_virq_sync() - deliver the virtual interrupts that are due to the executing CPU's guest */
void arch_virq_sync(void);

/** arch_irq_pend() - make an edge-triggered interrupt of root pending */
void arch_irq_pend(u32 irq);

/** arch_comm_fill() - the architecture's fields of the communication region. */
struct jh_comm_region;
void arch_comm_fill(struct jh_comm_region *comm);

/* --- CPUs --- */

/** arch_kick() - make the CPUs of the set look at their requests soon (struct cpu.requests). */
void arch_kick(u64 cpu_mask);

/** arch_wait() - sleep until a kick has come; for parked CPUs, which then look at requests */
void arch_wait(void);

struct jh_trace_ring;

/**
 * arch_trace() - record the exits of the executing CPU's guests in @ring from the next one on
 * @ring:	the hypervisor's own address; NULL: record none
 */
void arch_trace(struct jh_trace_ring *ring);

/** arch_guest_pc() - the address at which the guest that the executing CPU has left would go on */
u64 arch_guest_pc(void);

/** arch_cpu_park() - clear all registers, interrupts and tables of the cell that the CPU ran */
void arch_cpu_park(void);

/**
 * arch_cpu_reset() - make the executing CPU, which was parked, as after a reset, for @cell's guest
 *
 * Nothing is left that its last owner, or other CPUs of that owner, sent to it or set for it. From
 * here on the CPUs of @cell reach it.
 */
void arch_cpu_reset(struct cell *cell);

/** arch_cpu_enter() - start the guest for which arch_cpu_reset() was called */
void arch_cpu_enter(u64 entry, u64 argument) __noreturn;

/**
 * arch_root_enter_unmanaged() - give a parked CPU back to root, as firmware would
 *
 * It enters root at the exception level that firmware would use, as after a reset.
 */
void arch_root_enter_unmanaged(u64 entry, u64 argument) __noreturn;

/* --- memory of guests --- */

/** arch_pgtable_changed() - entries of a table that some CPU may be using became invalid */
void arch_pgtable_changed(const struct pgtable *pt, gpa_t start, u64 size);

/** arch_pgtable_retired() - the table's identifier is about to be reused or its pages freed */
void arch_pgtable_retired(const struct pgtable *pt);

/** arch_pgtable_published() - make new entries visible to the walkers of all CPUs */
void arch_pgtable_published(void);

/**
 * arch_guest_map_ro(), arch_guest_map_rw() - borrow memory of a guest
 * @size:	up to ARCH_SLOT_PAGES pages
 *
 * The CPU has one place for reading and one for writing; what was borrowed is given back by
 * arch_guest_unmap_ro() or arch_guest_unmap_rw() before the same function is called again and
 * before the CPU returns to a guest, so that nothing of a guest is mapped while nobody looks at it.
 */
const void *arch_guest_map_ro(pa_t pa, u64 size);
void *arch_guest_map_rw(pa_t pa, u64 size);

/** arch_guest_unmap_ro() - give back what arch_guest_map_ro() lent to this CPU */
void arch_guest_unmap_ro(void);

/** arch_guest_unmap_rw() - give back what arch_guest_map_rw() lent to this CPU */
void arch_guest_unmap_rw(void);

/**
 * arch_map_uncached() - map one page of the hypervisor's own memory uncached
 *
 * Accesses are ordered after those that the CPU, or a guest on it, made before. No line of the page
 * may be dirty. It is given back by arch_unmap_uncached() before the next call.
 */
void *arch_map_uncached(pa_t pa);

/** arch_unmap_uncached() - give back the page; everything stored is in memory then */
void arch_unmap_uncached(void);

/** arch_clean_to_memory() - clean and invalidate by address to the point of coherency */
void arch_clean_to_memory(void *address, u64 size);

/** arch_zero() - fill whole pages with zeroes, fast */
void arch_zero(void *address, u64 size);

/** arch_sync_instructions() - code was written through data accesses, for all CPUs */
void arch_sync_instructions(void);

/** arch_deadline() - a point in time @microseconds from now, for arch_expired() */
u64 arch_deadline(u64 microseconds);

/** arch_expired() - has a deadline passed? */
bool arch_expired(u64 deadline);

#endif
