// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller's part of hv/arch.h.
 */
#include <gic/gicd.h>
#include <gic/handover.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>
#include <gic/vlpi.h>
#include <gic/vspi.h>
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/unit.h>
#include <jh/reasons.h>

static int irqchip_build(const void *config, struct jh_error *error)
{
	(void)error;
	gic_build();
	vcpuid_prepare(&root_cell);
	vgicd_init();
	vgic_build(config);
	return 0;
}

static int irqchip_cell_prepare(struct cell *cell, struct jh_error *error)
{
	(void)error;
	vcpuid_prepare(cell);
	vgicd_prepare(cell);
	return 0;
}

const struct unit unit_irqchip = {
	.check = gic_check,
	.build = irqchip_build,
	.cell_map = vgic_map_cell,
	.cell_prepare = irqchip_cell_prepare,
};

void arch_kick(u64 cpu_mask)
{
	if (!cpu_mask)
		return;
	gic_kick(cpu_mask);
	/* Where interrupts are direct and the guest masks them, WFE ends by an event only. */
	asm volatile("sev" ::: "memory");
}

/*
 * A WFI may end at any time. Requests are looked at only after the doorbell has rung: a CPU that
 * goes back to root unmanaged could otherwise leave before the doorbell comes, and Linux would get
 * an SGI that it never sent.
 */
void arch_wait(void)
{
	while (!gic_wait())
		;
	handover_ack_idle();
}

/* An LPI that was acknowledged has no state in hardware: only its delivery gets rid of it. */
bool arch_cpu_may_release(void)
{
	return vlpi_are_delivered();
}

u32 arch_irq_refusal(u32 intid)
{
	if (intid < INTID_SPI || intid >= gicd_intids())
		return JH_ERR_IRQ_ABSENT;
	return gicd_is_secure(intid) ? JH_ERR_IRQ_SECURE : 0;
}

void arch_irq_pend(u32 intid)
{
	gicd_set_pending(intid);
}

void arch_irq_resync(void)
{
	vgic_resync();
	if (this_cell() == &root_cell)
		vlpi_take_over();
	handover_answer();
}

/* Triggers as root had set them: Linux sets the trigger of an interrupt only once. */
static u32 edges_of_root[ARRAY_SIZE(root_cell.irqs)];

static void keep_trigger(u32 intid)
{
	u32 *edges = &edges_of_root[intid / 32], bit = 1U << intid % 32;

	*edges = gicd_is_edge(intid) ? *edges | bit : *edges & ~bit;
}

/* plain_irqs follows irqs. CPUs of the owner may read it meanwhile, as they may read irqs. */
static void owner_changed(struct cell *cell, u32 intid)
{
	u32 word = intid / 32;

	cell->plain_irqs[word] = vspi_bits(cell, word) ? 0 : cell->irqs[word];
}

u64 arch_irq_claim(struct cell *cell, u32 intid, bool edge)
{
	u32 *roots = &root_cell.irqs[intid / 32], bit = 1U << intid % 32;
	bool was_roots = fetch_and(roots, ~bit) & bit;
	u64 lost;

	owner_changed(&root_cell, intid);
	gicd_disable(intid);
	if (was_roots && gicd_is_active(intid)) {
		lost = handover_revoke(intid);
		if (lost) {
			fetch_or(roots, bit);
			owner_changed(&root_cell, intid);
			return lost;
		}
	}
	if (was_roots)
		keep_trigger(intid);
	gicd_reset(intid);
	gicd_set_edge(intid, edge);
	gic_route(intid, cell->order[0]);
	fetch_or(&cell->irqs[intid / 32], bit);
	owner_changed(cell, intid);
	return 0;
}

/* The cell's CPUs are parked: nothing is in flight on them any more (vgic_drain()). */
void arch_irq_release(struct cell *cell, u32 intid)
{
	u64 root = root_cell.cpu_mask;

	fetch_and(&cell->irqs[intid / 32], ~(1U << intid % 32));
	owner_changed(cell, intid);
	gicd_reset(intid);
	gicd_set_edge(intid, edges_of_root[intid / 32] >> intid % 32 & 1);
	gic_route(intid, cpu_mask_next(&root));
	fetch_or(&root_cell.irqs[intid / 32], 1U << intid % 32);
	owner_changed(&root_cell, intid);
}
