// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * An SPI that is taken from root may be in flight: acknowledged by one of root's CPUs and, until
 * the guest ends it there, active at the distributor. Its end would deactivate what has become the
 * cell's. The order that excludes it:
 *
 *	claim					a CPU that has acknowledged it
 *	root owns it no more			it becomes active
 *	it is disabled: nobody acknowledges	is it still this cell's? (irq() of the irqchip)
 *	is it active?				into a list register, or waiting for one
 *	   ask the CPU and wait			on request: out of it (vgic_let_go())
 *	everything about it is reset
 *
 * Either the CPU sees that the owner has changed, or the claimant sees that it is active. A CPU
 * that has nothing in flight is not asked.
 */
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/handover.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

#define WAIT_MICROSECONDS	100000

void handover_answer(void)
{
	u32 *asked = &cpu_self()->arch.must_let_go;

	/* Acquire, pairs with ask(): who owns what is looked at as it was changed before. */
	if (!load_acquire(asked))
		return;
	vgic_let_go();
	/* The distributor knows that they are not active before the claimant is told. */
	dsb(sy);
	store_release(asked, 0);
}

void handover_nothing(void)
{
	store_release(&cpu_self()->arch.must_let_go, 0);
}

/* Only a CPU that runs root's guest can have an interrupt of root's in flight. */
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
		if (!load_acquire(&cpus[cpu].arch.must_let_go))
			mask &= ~BIT(cpu);
	}
	return mask;
}

/* Make CPUs let go of what is not root's any more. Those that have not after 100 ms. */
static u64 ask(u64 mask)
{
	u64 others = mask & ~BIT(this_cpu()), left = others, deadline;

	if (mask != others)
		vgic_let_go();
	while (left)
		store_release(&cpus[cpu_mask_next(&left)].arch.must_let_go, 1);
	if (!others)
		return 0;
	cpu_request(others, CPU_REQ_RESYNC);
	deadline = arch_deadline(WAIT_MICROSECONDS);
	while (unanswered(others) && !arch_expired(deadline))
		arch_relax();
	return unanswered(others);
}

/* It went to where it is routed, unless that was changed since: then any of them may have it. */
static u64 withdraw(u32 intid)
{
	u64 candidates = running(root_cell.cpu_mask), first = candidates & irqchip->irq_cpus(intid);
	u64 lost = ask(first);

	if (lost || !gicd_is_active(intid))
		return lost;
	return ask(candidates & ~first);
}

/* How root had them: Linux sets the trigger of an interrupt once, when it first hears of it. */
static u32 edges_of_root[ARRAY_SIZE(root_cell.irqs)];

static void keep_trigger(u32 intid)
{
	u32 *edges = &edges_of_root[intid / 32], bit = 1U << intid % 32;

	*edges = gicd_is_edge(intid) ? *edges | bit : *edges & ~bit;
}

u64 arch_irq_claim(struct cell *cell, u32 intid, bool edge)
{
	u32 *roots = &root_cell.irqs[intid / 32], bit = 1U << intid % 32;
	bool was_roots = fetch_and(roots, ~bit) & bit;
	u64 lost;

	gicd_disable(intid);
	if (was_roots && gicd_is_active(intid)) {
		lost = withdraw(intid);
		if (lost) {
			fetch_or(roots, bit);
			return lost;
		}
	}
	if (was_roots)
		keep_trigger(intid);
	gicd_reset(intid);
	gicd_set_edge(intid, edge);
	irqchip->irq_route(intid, (u32)__builtin_ctzl(cell->cpu_mask));
	fetch_or(&cell->irqs[intid / 32], bit);
	return 0;
}

/* The cell's CPUs are parked: what they had in flight is forgotten (vgic_drain()). */
void arch_irq_release(struct cell *cell, u32 intid)
{
	u64 root = root_cell.cpu_mask;

	fetch_and(&cell->irqs[intid / 32], ~(1U << intid % 32));
	gicd_reset(intid);
	gicd_set_edge(intid, edges_of_root[intid / 32] >> intid % 32 & 1);
	irqchip->irq_route(intid, cpu_mask_next(&root));
	fetch_or(&root_cell.irqs[intid / 32], 1U << intid % 32);
}
