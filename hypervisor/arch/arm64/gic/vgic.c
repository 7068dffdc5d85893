// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A physical interrupt is acknowledged and its priority dropped at EL2; it stays active at the
 * distributor until the guest deactivates it by way of the list register, so the same interrupt
 * cannot come twice. What finds no free list register waits in struct vgic: INTIDs in a bit
 * string, which cannot overflow, and LPIs, which only root has, in a short queue.
 */
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/handover.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

static struct vgic *self(void)
{
	return &this_percpu->vgic;
}

int vgic_find_lr(u32 intid)
{
	u64 busy = self()->lr_all & ~irqchip->lr_empty();

	while (busy) {
		u32 n = (u32)__builtin_ctzl(busy);

		if (LR_VINTID(irqchip->lr_read(n)) == intid)
			return (int)n;
		busy &= busy - 1;
	}
	return -1;
}

static bool put_lr(u64 value)
{
	u64 empty = irqchip->lr_empty() & self()->lr_all;

	if (!empty)
		return false;
	irqchip->lr_write((u32)__builtin_ctzl(empty), value);
	return true;
}

void vgic_hw(u32 intid, u32 priority)
{
	struct vgic *vgic = self();

	/*
	 * The guest may have made the distributor forget that the interrupt is active
	 * (ICACTIVER) while it still waits here or in a list register: no INTID may be in two.
	 */
	if (unlikely(vgic->num_queued) && vgic->queued[intid / 32] >> intid % 32 & 1)
		return;
	if (unlikely(irqchip->lr_empty() != vgic->lr_all)) {
		int n = vgic_find_lr(intid);

		if (n >= 0) {
			irqchip->lr_write((u32)n, vgic_lr_hw(intid, priority));
			return;
		}
	}
	if (likely(put_lr(vgic_lr_hw(intid, priority))))
		return;
	vgic->queued[intid / 32] |= 1U << intid % 32;
	vgic->num_queued++;
	irqchip->lr_underflow(true);
}

static bool lpi_is_queued(const struct vgic *vgic, u32 intid)
{
	u32 i;

	for (i = 0; i < vgic->num_lpis; i++) {
		if ((vgic->lpis[i] & 0xffffff) == intid)
			return true;
	}
	return false;
}

void vgic_lpi(u32 intid, u32 priority)
{
	struct vgic *vgic = self();
	int n = vgic_find_lr(intid);

	if (n >= 0) {
		irqchip->lr_write((u32)n, irqchip->lr_read((u32)n) | LR_PENDING);
		return;
	}
	if (lpi_is_queued(vgic, intid) || (!vgic->num_lpis && put_lr(vgic_lr(intid, priority))))
		return;
	/* The mask that a full queue sets lets no LPI through, but for one of the top priority. */
	if (vgic->num_lpis < LPI_QUEUE)
		vgic->lpis[vgic->num_lpis++] = intid | priority << 24;
	if (vgic->num_lpis == LPI_QUEUE)
		irqchip->hold(true);
	irqchip->lr_underflow(true);
}

/* SGIs merge: a second one before the first is taken is the same one (IHI 0069, 4.1). */
bool vgic_put_sgi(u32 intid, u32 priority)
{
	int n = vgic_find_lr(intid);

	if (n >= 0) {
		irqchip->lr_write((u32)n, irqchip->lr_read((u32)n) | LR_PENDING);
		return true;
	}
	return put_lr(vgic_lr(intid, priority));
}

void vgic_sgis(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	/* Acquire: what the sender stored before the SGI is seen by the guest after it. */
	u32 ready = load_acquire(&cpu->sgi_pending) & cpu->sgi_enabled;

	while (ready) {
		u32 intid = (u32)__builtin_ctz(ready);

		fetch_and(&cpu->sgi_pending, ~(1U << intid));
		if (!irqchip->put_sgi(intid, cpu->sgi_priority[intid])) {
			fetch_or(&cpu->sgi_pending, 1U << intid);
			irqchip->lr_underflow(true);
			return;
		}
		ready &= ready - 1;
	}
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

/* Without its physical side if the guest has deactivated that one already (ICACTIVER). */
static u64 lr_queued(u32 intid)
{
	u32 priority = gicd_priority(intid);

	return gicd_is_active(intid) ? vgic_lr_hw(intid, priority) : vgic_lr(intid, priority);
}

static void refill_hw(struct vgic *vgic)
{
	while (vgic->num_queued) {
		u32 intid = next_queued(vgic);

		if (!put_lr(lr_queued(intid)))
			return;
		vgic->queued[intid / 32] &= ~(1U << intid % 32);
		vgic->num_queued--;
	}
}

static void refill_lpis(struct vgic *vgic)
{
	u32 i, done = 0;

	while (done < vgic->num_lpis &&
	       put_lr(vgic_lr(vgic->lpis[done] & 0xffffff, vgic->lpis[done] >> 24)))
		done++;
	for (i = done; i < vgic->num_lpis; i++)
		vgic->lpis[i - done] = vgic->lpis[i];
	vgic->num_lpis -= done;
	if (done && vgic->num_lpis < LPI_QUEUE)
		irqchip->hold(false);
}

void vgic_refill(void)
{
	struct vgic *vgic = self();

	irqchip->lr_underflow(false);
	vgic_sgis();
	refill_hw(vgic);
	refill_lpis(vgic);
	if (vgic->num_queued || vgic->num_lpis)
		irqchip->lr_underflow(true);
}

/* Give a physical interrupt back to the distributor; an edge would be lost, so it is set again. */
static void take_back(u32 intid, bool pending)
{
	if (pending && gicd_is_edge(intid) && vgic_owns(intid)) {
		gicd_set_pending(intid);
		/* Whoever claims it and finds it inactive can rely on what was done here. */
		dsb(sy);
	}
	irqchip->deactivate(intid);
}

static void unqueue(struct vgic *vgic, u32 intid)
{
	vgic->queued[intid / 32] &= ~(1U << intid % 32);
	vgic->num_queued--;
}

/* The guest's end is the virtual interface's alone from now on. */
static u64 without_hw(u64 lr)
{
	return lr & ~(LR_HW | LR_PINTID_MASK);
}

void vgic_relink(u32 word, u32 mask)
{
	u64 busy = self()->lr_all & ~irqchip->lr_empty();

	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);
		u64 lr = irqchip->lr_read(n);
		u32 intid = LR_VINTID(lr);

		if (intid >= 16 && intid / 32 == word && mask >> intid % 32 & 1)
			irqchip->lr_write(n, without_hw(lr) | LR_HW |
					     (u64)intid << LR_PINTID_SHIFT);
	}
}

static void let_go_lr(u32 n)
{
	u64 lr = irqchip->lr_read(n);
	u32 intid = LR_VINTID(lr);

	if (!(lr & LR_HW) || vgic_owns(intid))
		return;
	irqchip->lr_write(n, lr & LR_ACTIVE ? without_hw(lr) & ~LR_PENDING : 0);
	irqchip->deactivate(intid);
}

void vgic_let_go(void)
{
	struct vgic *vgic = self();
	u64 busy = vgic->lr_all & ~irqchip->lr_empty();
	u32 w, bits, intid;

	for (; busy; busy &= busy - 1)
		let_go_lr((u32)__builtin_ctzl(busy));
	for (w = 0; w < ARRAY_SIZE(vgic->queued) && vgic->num_queued; w++) {
		for (bits = vgic->queued[w]; bits; bits &= bits - 1) {
			intid = w * 32 + (u32)__builtin_ctz(bits);
			if (vgic_owns(intid))
				continue;
			unqueue(vgic, intid);
			irqchip->deactivate(intid);
		}
	}
}

void vgic_foreign(u32 intid)
{
	cpu_count(JH_STAT_OTHER);
	irqchip->deactivate(intid);
}

/* An SGI leaves its list register for the pending bits. */
static void note_sgi(u64 lr)
{
	struct arch_cpu *cpu = &cpu_self()->arch;

	fetch_or(&cpu->sgi_sources[LR_VINTID(lr)], (u8)(1U << LR_SOURCE(lr)));
	fetch_or(&cpu->sgi_pending, 1U << LR_VINTID(lr));
}

static void resync_lr(u32 n)
{
	u64 lr = irqchip->lr_read(n);
	u32 intid = LR_VINTID(lr);

	/* It deactivated the physical one by ICACTIVER: that may be another's before this ends. */
	if (lr & LR_HW && !gicd_is_active(intid)) {
		irqchip->lr_write(n, without_hw(lr));
		return;
	}
	/* Only what the guest has not taken yet can still be withheld from it. */
	if (!(lr & LR_PENDING))
		return;
	if (intid < 16) {
		if (cpu_self()->arch.sgi_enabled >> intid & 1) {
			if (!(lr & LR_ACTIVE))
				irqchip->lr_write(n, (lr & ~LR_PRIORITY_MASK) |
					(u64)cpu_self()->arch.sgi_priority[intid] <<
					LR_PRIORITY_SHIFT);
			return;
		}
		note_sgi(lr);
		irqchip->lr_write(n, lr & LR_ACTIVE ? lr & ~LR_PENDING : 0);
		return;
	}
	if (!(lr & LR_HW) || lr & LR_ACTIVE)
		return;
	if (gicd_is_enabled(intid)) {
		irqchip->lr_write(n, vgic_lr_hw(intid, gicd_priority(intid)));
		return;
	}
	irqchip->lr_write(n, 0);
	take_back(intid, true);
}

void vgic_resync(void)
{
	struct vgic *vgic = self();
	u64 busy = vgic->lr_all & ~irqchip->lr_empty();
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
	vgic_sgis();
}

/* Is this list register's interrupt pending, not taken yet, and one of the word's? */
static bool waits(u64 lr, u32 word, u32 mask)
{
	u32 intid = LR_VINTID(lr);

	return (lr & (LR_HW | LR_PENDING | LR_ACTIVE)) == (LR_HW | LR_PENDING) &&
	       intid / 32 == word && mask >> (intid % 32) & 1;
}

u32 vgic_pending(u32 word, u32 mask)
{
	u64 busy = self()->lr_all & ~irqchip->lr_empty();
	u32 pending = self()->queued[word] & mask;

	for (; busy; busy &= busy - 1) {
		u64 lr = irqchip->lr_read((u32)__builtin_ctzl(busy));

		if (waits(lr, word, mask))
			pending |= 1U << LR_VINTID(lr) % 32;
	}
	return pending;
}

void vgic_withdraw(u32 word, u32 mask)
{
	struct vgic *vgic = self();
	u64 busy = vgic->lr_all & ~irqchip->lr_empty();
	u32 bits;

	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);
		u64 lr = irqchip->lr_read(n);

		if (!waits(lr, word, mask))
			continue;
		irqchip->lr_write(n, 0);
		take_back(LR_VINTID(lr), false);
	}
	for (bits = vgic->queued[word] & mask; bits; bits &= bits - 1) {
		vgic->queued[word] &= ~(bits & -bits);
		vgic->num_queued--;
		take_back(word * 32 + (u32)__builtin_ctz(bits), false);
	}
}

/*
 * An LPI that was acknowledged has no state left in hardware. When its CPU goes off, another one
 * of root's delivers it; it sits in a slot until then, INTID | priority << 24, never 0.
 */
static u32 orphans[16];

static void orphan_lpi(u32 intid, u32 priority)
{
	u64 heirs = root_cell.cpu_mask & ~BIT(this_cpu());
	u32 i, cpu;

	for (i = 0; i < ARRAY_SIZE(orphans); i++) {
		if (!compare_exchange(&orphans[i], 0, intid | priority << 24))
			continue;
		while (heirs) {
			cpu = cpu_mask_next(&heirs);
			if (load_acquire(&cpus[cpu].state) == CPU_RUNNING) {
				cpu_request(BIT(cpu), CPU_REQ_RESYNC);
				return;
			}
		}
		return;
	}
}

static void adopt_lpis(void)
{
	u32 i, lpi;

	for (i = 0; i < ARRAY_SIZE(orphans); i++) {
		lpi = READ_ONCE(orphans[i]) ? exchange(&orphans[i], 0) : 0;
		if (lpi)
			vgic_lpi(lpi & 0xffffff, lpi >> 24);
	}
}

/* An LPI that was acknowledged has no state in hardware: only its delivery gets rid of it. */
bool arch_cpu_may_release(void)
{
	u64 busy = self()->lr_all & ~irqchip->lr_empty();

	while (busy) {
		if (LR_VINTID(irqchip->lr_read((u32)__builtin_ctzl(busy))) >= INTID_LPI)
			return false;
		busy &= busy - 1;
	}
	return !self()->num_lpis;
}

static void drain_lr(u32 n, bool keep)
{
	u64 lr = irqchip->lr_read(n);
	u32 intid = LR_VINTID(lr);

	irqchip->lr_write(n, 0);
	if (lr & LR_HW) {
		/* One that the guest is handling stays active: it will deactivate it itself. */
		if (!keep || !(lr & LR_ACTIVE))
			take_back(intid, keep && lr & LR_PENDING);
	} else if (intid < 16 && keep && lr & LR_PENDING) {
		note_sgi(lr);
	} else if (intid >= INTID_LPI && lr & LR_PENDING) {
		orphan_lpi(intid, LR_PRIORITY(lr));
	}
}

void vgic_drain(bool keep)
{
	struct vgic *vgic = self();
	u64 busy = vgic->lr_all & ~irqchip->lr_empty();
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
	while (vgic->num_lpis) {
		vgic->num_lpis--;
		orphan_lpi(vgic->lpis[vgic->num_lpis] & 0xffffff,
			   vgic->lpis[vgic->num_lpis] >> 24);
	}
	irqchip->lr_underflow(false);
}

bool vgic_has_work(void)
{
	const struct arch_cpu *cpu = &cpu_self()->arch;
	u64 busy = self()->lr_all & ~irqchip->lr_empty();

	while (busy) {
		if (irqchip->lr_read((u32)__builtin_ctzl(busy)) & LR_PENDING)
			return true;
		busy &= busy - 1;
	}
	return cpu->sgi_pending & cpu->sgi_enabled;
}

/*
 * A WFI may end at any time; one that the doorbell would not end is none, or the CPU could not be
 * called back. Only interrupts that are routed to EL2 are sure to end a sleep at EL2.
 */
static void standby_direct(void)
{
	u64 hcr = read_sysreg(hcr_el2);

	if (!irqchip->hears())
		return;
	/* From now on the guest sleeps by itself, unless its configuration trusts it less. */
	if (!(this_cell()->flags & JH_CELL_WFI_TRAP))
		hcr &= ~HCR_TWI;
	write_sysreg(hcr | irqchip->direct, hcr_el2);
	isb();
	dsb(sy);
	asm volatile("wfi");
	write_sysreg(hcr, hcr_el2);
}

void vgic_standby(void)
{
	if (cell_is_direct(this_cell())) {
		standby_direct();
		return;
	}
	if (vgic_has_work())
		return;
	/* Interrupts are masked at EL2, but a pending one ends the sleep. */
	dsb(sy);
	asm volatile("wfi");
}

void arch_irq_resync(void)
{
	vgic_resync();
	if (this_cell() == &root_cell)
		adopt_lpis();
	handover_answer();
}
