// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * An SPI that is taken from root may be in flight: acknowledged by one of root's CPUs and, until
 * the guest ends it there, active at the distributor. Its end would deactivate an interrupt that
 * the cell owns by then. The order that excludes it:
 *
 *	claim					a CPU that has acknowledged it
 *	root owns it no more			it becomes active
 *	it is disabled: nobody acknowledges	is it still this cell's? (vgic_irq())
 *	is it active?				into a list register, or waiting for one
 *	   ask the CPU and wait			on request: out of it (vgic_evict())
 *	everything about it is reset
 *
 * Either the CPU sees that the owner has changed, or the claimant sees that it is active. A CPU
 * that has nothing in flight is not asked.
 */
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/handover.h>
#include <gic/gic.h>
#include <gic/vgic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

void handover_answer(void)
{
	u32 *asked = &cpu_self()->arch.revoke_pending;

	/* Acquire, pairs with ask(): the owners that vgic_evict() reads were stored before. */
	if (!load_acquire(asked))
		return;
	vgic_evict();
	/* The distributor knows that they are inactive before the claimant is told. */
	dsb(sy);
	store_release(asked, 0);
}

void handover_ack_idle(void)
{
	store_release(&cpu_self()->arch.revoke_pending, 0);
}

/* Only a CPU that runs root can have an interrupt of root in flight. */
static u64 running(u64 mask)
{
	u64 left = mask;
	u32 cpu;

	while (left) {
		cpu = cpu_mask_next(&left);
		if (load_acquire(&cpus[cpu].state) != CPU_RUNNING)
			mask &= ~BIT(cpu);
	}
	return mask;
}

static u64 unanswered(u64 mask)
{
	u64 left = mask;
	u32 cpu;

	while (left) {
		cpu = cpu_mask_next(&left);
		if (!load_acquire(&cpus[cpu].arch.revoke_pending))
			mask &= ~BIT(cpu);
	}
	return mask;
}

/* Make CPUs evict what root does not own any more. Return: those that have not after 100 ms. */
static u64 ask(u64 mask)
{
	u64 others = mask & ~BIT(this_cpu()), left = others, deadline;

	if (mask != others)
		vgic_evict();
	while (left)
		store_release(&cpus[cpu_mask_next(&left)].arch.revoke_pending, 1);
	if (!others)
		return 0;
	cpu_request(others, CPU_REQ_RESYNC);
	deadline = arch_deadline(CPU_WAIT_MICROSECONDS);
	while (unanswered(others) && !arch_expired(deadline))
		arch_relax();
	return unanswered(others);
}

/* The CPUs that it is routed to are asked first; if the route was changed, any may have it. */
u64 handover_revoke(u32 intid)
{
	u64 candidates = running(root_cell.cpu_mask), first = candidates & gic_targets(intid);
	u64 lost = ask(first);

	if (lost || !gicd_is_active(intid))
		return lost;
	return ask(candidates & ~first);
}
