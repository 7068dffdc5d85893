// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A physical interrupt is acknowledged and its priority dropped at EL2; it stays active at the
 * distributor until the guest deactivates it through the list register, so the same interrupt
 * cannot come twice. An interrupt that finds no free list register waits in struct vgic, in a bit
 * string by INTID, which cannot overflow. For LPIs see vlpi.c.
 */
#include <asm/percpu.h>
#include <asm/trap.h>
#include <gic/gicd.h>
#include <gic/lr.h>
#include <gic/vgic.h>
#include <gic/vlpi.h>
#include <gic/vsgi.h>
#include <gic/vspi.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

static struct vgic *self(void)
{
	return &this_percpu->vgic;
}

void vgic_init(void)
{
	u32 i;

	for (i = 1; i < ARRAY_SIZE(root_cell.irqs); i++)
		root_cell.plain_irqs[i] = root_cell.irqs[i] = ~0U;
}

void vgic_hw(u32 intid, u32 priority)
{
	struct vgic *vgic = self();
	u64 empty = gic_lr_empty() & vgic->lr_all, busy = vgic->lr_all & ~empty;

	/*
	 * The guest may have made the distributor forget that the interrupt is active
	 * (ICACTIVER) while it still waits here or in a list register: no INTID may be in two.
	 */
	if (unlikely(vgic->num_queued) && vgic->queued[intid / 32] >> intid % 32 & 1)
		return;
	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);

		if (unlikely(LR_VINTID(gic_lr_read(n)) == intid)) {
			gic_lr_write(n, lr_physical(intid, priority));
			return;
		}
	}
	if (likely(empty)) {
		gic_lr_write((u32)__builtin_ctzl(empty), lr_physical(intid, priority));
		return;
	}
	vgic->queued[intid / 32] |= 1U << intid % 32;
	vgic->num_queued++;
	gic_lr_underflow(true);
}

static u32 next_queued(const struct vgic *vgic)
{
	u32 w;

	for (w = 0; w < ARRAY_SIZE(vgic->queued); w++) {
		if (vgic->queued[w])
			return w * 32 + (u32)__builtin_ctz(vgic->queued[w]);
	}
	return 0;
}

/* Without the physical side if the guest has deactivated the interrupt already (ICACTIVER). */
static u64 lr_queued(u32 intid)
{
	u32 priority = gicd_priority(intid);

	return gicd_is_active(intid) ? lr_physical(intid, priority) : lr_virtual(intid, priority);
}

static void refill_hw(struct vgic *vgic)
{
	while (vgic->num_queued) {
		u32 intid = next_queued(vgic);

		if (!lr_put(lr_queued(intid)))
			return;
		vgic->queued[intid / 32] &= ~(1U << intid % 32);
		vgic->num_queued--;
	}
}

void vgic_refill(void)
{
	struct vgic *vgic = self();

	gic_lr_underflow(false);
	vsgi_deliver();
	if (vspi_exists(this_cell()))
		vspi_sync();
	refill_hw(vgic);
	if (!vlpi_refill() || vgic->num_queued)
		gic_lr_underflow(true);
}

/* Give a physical interrupt back to the distributor; an edge would be lost, so it is set again. */
static void take_back(u32 intid, bool pending)
{
	if (pending && gicd_is_edge(intid) && vgic_owns(intid)) {
		gicd_set_pending(intid);
		/* Pairs with the active check in arch_irq_claim(). */
		dsb(sy);
	}
	gic_deactivate(intid);
}

static void unqueue(struct vgic *vgic, u32 intid)
{
	vgic->queued[intid / 32] &= ~(1U << intid % 32);
	vgic->num_queued--;
}

void __cold vgic_relink(u32 word, u32 mask)
{
	u64 busy = lr_busy();

	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);
		u64 lr = gic_lr_read(n);
		u32 intid = LR_VINTID(lr);

		if (intid >= INTID_PPI && intid / 32 == word && mask >> intid % 32 & 1)
			gic_lr_write(n, lr_unlinked(lr) | LR_HW |
					     (u64)intid << LR_PINTID_SHIFT);
	}
}

static void evict_lr(u32 n)
{
	u64 lr = gic_lr_read(n);
	u32 intid = LR_VINTID(lr);

	if (!(lr & LR_HW) || vgic_owns(intid))
		return;
	gic_lr_write(n, lr & LR_ACTIVE ? lr_unlinked(lr) & ~LR_PENDING : 0);
	gic_deactivate(intid);
}

void __cold vgic_evict(void)
{
	struct vgic *vgic = self();
	u64 busy = lr_busy();
	u32 w, bits, intid;

	for (; busy; busy &= busy - 1)
		evict_lr((u32)__builtin_ctzl(busy));
	for (w = 0; w < ARRAY_SIZE(vgic->queued) && vgic->num_queued; w++) {
		for (bits = vgic->queued[w]; bits; bits &= bits - 1) {
			intid = w * 32 + (u32)__builtin_ctz(bits);
			if (vgic_owns(intid))
				continue;
			unqueue(vgic, intid);
			gic_deactivate(intid);
		}
	}
}

u64 vgic_ignored(struct mmio_access a)
{
	if (!a.write || a.value)
		mmio_ignored(trap_address(read_sysreg(far_el2)));
	return 0;
}

void vgic_foreign(u32 intid)
{
	cpu_count(JH_STAT_OTHER);
	gic_deactivate(intid);
}

/* Note an SGI that leaves its list register in the pending bits. */
static void note_sgi(u64 lr)
{
	struct arch_cpu *cpu = &this_percpu->self->arch;

	fetch_or(&cpu->sgi_sources[LR_VINTID(lr)], (u8)(1U << LR_SOURCE(lr)));
	fetch_or(&cpu->sgi_pending, 1U << LR_VINTID(lr));
}

/* An SGI that the guest has not taken yet is withheld, or gets another priority. */
static void resync_sgi(u32 n, u64 lr)
{
	const struct arch_cpu *cpu = &this_percpu->self->arch;
	u32 intid = LR_VINTID(lr);

	if (!(READ_ONCE(cpu->sgi_enabled) >> intid & 1)) {
		note_sgi(lr);
		if (lr & LR_ACTIVE)
			gic_lr_write(n, lr & ~LR_PENDING);
		else
			gic_lr_clear(n);
	} else if (!(lr & LR_ACTIVE)) {
		gic_lr_write(n, (lr & ~LR_PRIORITY_MASK) |
			     (u64)cpu->sgi_priority[intid] << LR_PRIORITY_SHIFT);
	}
}

static void resync_lr(u32 n)
{
	u64 lr = gic_lr_read(n);
	u32 intid = LR_VINTID(lr);

	/*
	 * The guest deactivated it by ICACTIVER: the physical interrupt may have another owner
	 * before this one ends.
	 */
	if (lr & LR_HW && !gicd_is_active(intid)) {
		gic_lr_write(n, lr_unlinked(lr));
		return;
	}
	/* Only an interrupt that the guest has not acknowledged can be withheld from it. */
	if (!(lr & LR_PENDING))
		return;
	if (intid < INTID_PPI) {
		resync_sgi(n, lr);
		return;
	}
	if (!(lr & LR_HW) || lr & LR_ACTIVE)
		return;
	if (gicd_is_enabled(intid)) {
		gic_lr_write(n, lr_physical(intid, gicd_priority(intid)));
		return;
	}
	gic_lr_clear(n);
	take_back(intid, true);
}

void vgic_resync(void)
{
	struct vgic *vgic = self();
	u64 busy = lr_busy();
	u32 w, bits, intid;

	while (busy) {
		resync_lr((u32)__builtin_ctzl(busy));
		busy &= busy - 1;
	}
	for (w = 0; w < ARRAY_SIZE(vgic->queued) && vgic->num_queued; w++) {
		for (bits = vgic->queued[w]; bits; bits &= bits - 1) {
			intid = w * 32 + (u32)__builtin_ctz(bits);
			if (gicd_is_enabled(intid))
				continue;
			unqueue(vgic, intid);
			take_back(intid, true);
		}
	}
	/* Fill list registers that ran empty here: no maintenance interrupt is needed for them. */
	vgic_refill();
}

/* Does the list register hold an interrupt of the word that is pending, not acknowledged? */
static bool waits(u64 lr, u32 word, u32 mask)
{
	u32 intid = LR_VINTID(lr);

	return (lr & (LR_HW | LR_PENDING | LR_ACTIVE)) == (LR_HW | LR_PENDING) &&
	       intid / 32 == word && mask >> (intid % 32) & 1;
}

u32 vgic_pending(u32 word, u32 mask)
{
	u64 busy = lr_busy();
	u32 pending = self()->queued[word] & mask;

	for (; busy; busy &= busy - 1) {
		u64 lr = gic_lr_read((u32)__builtin_ctzl(busy));

		if (waits(lr, word, mask))
			pending |= 1U << LR_VINTID(lr) % 32;
	}
	return pending;
}

void vgic_withdraw(u32 word, u32 mask)
{
	struct vgic *vgic = self();
	u64 busy = lr_busy();
	u32 bits;

	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);
		u64 lr = gic_lr_read(n);

		if (!waits(lr, word, mask))
			continue;
		gic_lr_clear(n);
		take_back(LR_VINTID(lr), false);
	}
	for (bits = vgic->queued[word] & mask; bits; bits &= bits - 1) {
		vgic->queued[word] &= ~(bits & -bits);
		vgic->num_queued--;
		take_back(word * 32 + (u32)__builtin_ctz(bits), false);
	}
}

static void drain_lr(u32 n, bool keep)
{
	u64 lr = gic_lr_read(n);
	u32 intid = LR_VINTID(lr);

	gic_lr_clear(n);
	if (lr & LR_HW) {
		/*
		 * An interrupt that the guest is handling stays active: the guest deactivates it.
		 */
		if (!keep || !(lr & LR_ACTIVE))
			take_back(intid, keep && lr & LR_PENDING);
	} else if (intid < INTID_PPI && keep && lr & LR_PENDING) {
		note_sgi(lr);
	} else if (intid >= INTID_LPI && lr & LR_PENDING) {
		vlpi_migrate(intid, LR_PRIORITY(lr));
	}
}

void __cold vgic_drain(bool keep)
{
	struct vgic *vgic = self();
	u64 busy = lr_busy();
	u32 intid;

	while (busy) {
		drain_lr((u32)__builtin_ctzl(busy), keep);
		busy &= busy - 1;
	}
	while (vgic->num_queued) {
		intid = next_queued(vgic);
		unqueue(vgic, intid);
		take_back(intid, keep);
	}
	vlpi_migrate_queue();
	gic_lr_underflow(false);
}

bool __cold vgic_has_work(void)
{
	const struct arch_cpu *cpu = &cpu_self()->arch;
	u64 busy = lr_busy();

	while (busy) {
		if (gic_lr_read((u32)__builtin_ctzl(busy)) & LR_PENDING)
			return true;
		busy &= busy - 1;
	}
	return cpu->sgi_pending & cpu->sgi_enabled;
}
