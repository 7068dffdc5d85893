// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SGIs of GICv3: a write to ICC_SGI1R_EL1 (IHI 0069, 12.2.16) sets a bit for each target CPU and
 * rings the doorbell of all of them.
 */
#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/gicr.h>
#include <gic/gicv3.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <gic/vcpuid.h>
#include <gic/vgicr.h>
#include <gic/vsgi.h>
#include <gic/vsgi_v3.h>
#include <gic/vspi.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

#define SGI1R_INTID_MASK	(0xfUL << SGI1R_INTID_SHIFT)
#define SGI1R_IRM		BIT(40)
#define SGI1R_RS		(0xfUL << 44)
/* No value that a guest writes, INTID clear, is equal to it: the short path is never taken. */
#define NO_SGI1R		(~0UL)
#define NO_OFFSET		(~0U)

void vsgi_virtual(void)
{
	this_percpu->self_sgi = affinity_key(this_percpu->self->arch.vmpidr) |
				this_percpu->cluster_bit;
	this_percpu->ppi_offset = vgicr_own_offset();
}

void vsgi_direct(void)
{
	this_percpu->self_sgi = NO_SGI1R;
	this_percpu->ppi_offset = NO_OFFSET;
}

/* --- out --- */

/* An SGI to this CPU's own guest needs no physical SGI. */
static inline void send_to_self(u32 intid)
{
	struct arch_cpu *cpu = &this_percpu->self->arch;

	/* Nearly always all list registers are free. */
	if (likely(READ_ONCE(cpu->sgi_enabled) >> intid & 1 &&
		   gicv3_lrs_empty())) {
		write_sysreg(lr_virtual(intid, cpu->sgi_priority[intid]), ich_lr0_el2);
		return;
	}
	fetch_or(&cpu->sgi_pending, 1U << intid);
	vsgi_deliver();
}

/* A cluster that the guest sees may have CPUs of several clusters of the machine. */
static inline void send_to_others(const struct affinity_cluster *cluster, u32 targets, u32 intid)
{
	u64 ring = 0;

	do {
		struct arch_cpu *cpu = &cpus[cluster->cpu[__builtin_ctz(targets)]].arch;

		fetch_or(&cpu->sgi_pending, 1U << intid);
		if (unlikely(ring && (ring ^ cpu->doorbell) & AFFINITY_KEY_MASK)) {
			gicv3_ring(ring);
			ring = 0;
		}
		ring |= cpu->doorbell;
		targets &= targets - 1;
	} while (targets);
	gicv3_ring(ring);
}

/* send_to_others() out of line, for callers that need not be fast. */
static __noinline void send_each(const struct affinity_cluster *cluster, u32 targets, u32 intid)
{
	send_to_others(cluster, targets, intid);
}

/*
 * Unmanaged CPUs of root get the physical SGI. A CPU that is entering the hypervisor just now
 * either still takes it before, or hands it to its guest (doorbell_rest()). With the doorbell's
 * number it would take it for a doorbell, so that one is noted as well.
 */
static __noinline __cold void send_to_unmanaged(const struct affinity_cluster *cluster, u32 targets,
					 u32 intid)
{
	u32 left;

	if (this_cell()->id != CELL_ROOT)
		return;
	for (left = targets; left && intid == DOORBELL_SGI; left &= left - 1)
		fetch_or(&cpus[cluster->cpu[__builtin_ctz(left)]].arch.sgi_pending, 1U << intid);
	dsb(ishst);
	write_sysreg(cluster->key | (u64)intid << SGI1R_INTID_SHIFT | targets, icc_sgi1r_el1);
	isb();
}

static __cold void send_to_all_others(const struct arch_cell *cell, u32 intid)
{
	u32 n, targets;

	for (n = 0; n < vcpuid_clusters(cell); n++) {
		targets = cell->sgi_targets[n];
		if (n == this_percpu->cluster)
			targets &= ~this_percpu->cluster_bit;
		if (targets)
			send_each(&cell->clusters[n], targets, intid);
		if (cell->clusters[n].unmanaged)
			send_to_unmanaged(&cell->clusters[n], cell->clusters[n].unmanaged, intid);
	}
}

/* With direct interrupts SGIs are physical; only their targets are filtered. */
static __cold void send_direct(const struct arch_cell *cell, u64 value)
{
	u64 intid = value & SGI1R_INTID_MASK, to;
	u32 n, targets;

	/* The guest orders its earlier stores by its own barriers. */
	for (n = 0; n < vcpuid_clusters(cell); n++) {
		targets = cell->sgi_targets[n];
		if (!(value & SGI1R_IRM))
			targets &= cell->clusters[n].key == (value & AFFINITY_KEY_MASK) &&
				   !(value & SGI1R_RS) ? (u32)value : 0;
		else if (n == this_percpu->cluster)
			targets &= ~this_percpu->cluster_bit;
		for (; targets; targets &= targets - 1) {
			to = cpus[cell->clusters[n].cpu[__builtin_ctz(targets)]].arch.doorbell;
			write_sysreg((to & ~SGI1R_INTID_MASK) | intid, icc_sgi1r_el1);
		}
	}
	isb();
}

/* Does the cell own all CPUs that @value names, whether they are on or off? */
static __cold bool names_own(const struct cell *cell, u64 value)
{
	u32 n = vcpuid_cluster(&cell->arch, value & AFFINITY_KEY_MASK), targets = (u16)value;
	const struct affinity_cluster *cluster;

	if (n == VCPUID_NONE || value & SGI1R_RS)
		return false;
	cluster = &cell->arch.clusters[n];
	if (targets & ~cluster->present)
		return false;
	for (; targets; targets &= targets - 1) {
		if (!cpu_mask_has(cell->cpu_mask, cluster->cpu[__builtin_ctz(targets)]))
			return false;
	}
	return true;
}

/* All targets that vsgi_sgi1r() does not handle itself. */
static __noinline __cold void send_any(u64 value)
{
	const struct arch_cell *cell = &this_cell()->arch;
	u32 intid = value >> SGI1R_INTID_SHIFT & 0xf, n, targets;
	bool to_self;

	if (!(value & SGI1R_IRM) && !names_own(this_cell(), value))
		mmio_ignored(JH_IGNORED_IPI);
	if (cell_is_direct(this_cell())) {
		send_direct(cell, value);
		return;
	}
	if (value & (SGI1R_IRM | SGI1R_RS)) {
		/* affinity_add() refuses CPUs with Aff0 above 15. */
		if (value & SGI1R_IRM)
			send_to_all_others(cell, intid);
		return;
	}
	n = vcpuid_cluster(cell, value & AFFINITY_KEY_MASK);
	if (n == VCPUID_NONE)
		return;
	targets = (u32)value & READ_ONCE(cell->clusters[n].unmanaged);
	if (targets)
		send_to_unmanaged(&cell->clusters[n], targets, intid);
	targets = (u32)value & cell->sgi_targets[n];
	to_self = n == this_percpu->cluster && targets & this_percpu->cluster_bit;
	if (to_self)
		targets &= ~this_percpu->cluster_bit;
	if (targets)
		send_each(&cell->clusters[n], targets, intid);
	if (to_self)
		send_to_self(intid);
}

/*
 * The short paths: an SGI to the CPU itself, or to other CPUs of one cluster all of which run the
 * guest of this cell.
 */
void vsgi_sgi1r(u64 value)
{
	const struct cell *cell = this_cell();
	u32 intid = value >> SGI1R_INTID_SHIFT & 0xf, targets = (u16)value;
	const struct affinity_cluster *cluster;
	u32 n;

	if ((value & ~SGI1R_INTID_MASK) == this_percpu->self_sgi) {
		send_to_self(intid);
		return;
	}
	n = cell->arch.by_aff1[value >> 16 & 0xff];
	cluster = &cell->arch.clusters[n];
	if (unlikely((value & (AFFINITY_KEY_MASK | SGI1R_IRM | SGI1R_RS)) != cluster->key ||
		     targets & ~(u32)cell->arch.sgi_targets[n] || !targets ||
		     (n == this_percpu->cluster && targets & this_percpu->cluster_bit) ||
		     cell_is_direct(cell))) {
		send_any(value);
		return;
	}
	send_to_others(cluster, targets, intid);
}

/* --- in --- */

/* SGIs merge: a second one before the first is taken is the same one (IHI 0069, 4.1). */
static bool put_sgi(u32 intid, u32 priority)
{
	int n = lr_find(intid);

	if (n < 0)
		return lr_put(lr_virtual(intid, priority));
	gic_lr_write((u32)n, gic_lr_read((u32)n) | LR_PENDING);
	return true;
}

__noinline void vsgi_deliver(void)
{
	vsgi_deliver_by(put_sgi);
}

void vsgi_import(void)
{
	fetch_or(&cpu_self()->arch.sgi_pending, ppi_read(GICD_ISPENDR) & SGIS);
	ppi_write(GICD_ICPENDR, SGIS);
}

void vsgi_export(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;

	/*
	 * A pending doorbell is not for the guest; its own SGI of that number is in @sgi_pending.
	 */
	ppi_write(GICD_ICPENDR, 1U << DOORBELL_SGI);
	ppi_write(GICD_ISPENDR, cpu->sgi_pending & SGIS);
	store_release(&cpu->sgi_pending, 0);
}

void vsgi_clear(void)
{
	store_release(&this_percpu->self->arch.sgi_pending, 0);
}

/* The short path: a single SGI, and all list registers are free. False: not that case. */
static inline bool deliver_one(struct arch_cpu *cpu, u32 pending)
{
	u32 ready = pending & cpu->sgi_enabled, intid;

	if (unlikely(!ready || ready & (ready - 1) || !gicv3_lrs_empty()))
		return false;
	fetch_and(&cpu->sgi_pending, ~ready);
	intid = (u32)__builtin_ctz(ready);
	write_sysreg(lr_virtual(intid, cpu->sgi_priority[intid]), ich_lr0_el2);
	return true;
}

/* The same for a virtual interrupt; a request that came meanwhile rings again. */
static inline void deliver_virq(struct cpu *self)
{
	cpu_count(JH_STAT_MANAGEMENT);
	fetch_and(&self->requests, ~CPU_REQ_VIRQ);
	if (likely(gicv3_lrs_empty()))
		vspi_deliver();
	else
		vspi_sync();
}

static __noinline void doorbell_rest(u32 intid)
{
	struct cpu *self = this_percpu->self;

	/* An SGI that was sent before EL2 took SGIs, or by firmware, goes to the guest. */
	if (intid != DOORBELL_SGI)
		fetch_or(&self->arch.sgi_pending, 1U << intid);
	if (load_acquire(&self->arch.sgi_pending))
		vsgi_deliver();
	if (!READ_ONCE(self->requests)) {
		cpu_count(JH_STAT_IPI);
		return;
	}
	cpu_count(JH_STAT_MANAGEMENT);
	cpu_handle_requests();
}

void vsgi_v3_doorbell(u32 intid)
{
	struct cpu *self = this_percpu->self;
	u32 sgis;

	gicv3_end(intid);
	/*
	 * The end reaches the redistributor before this CPU reads pending bits and requests: if a
	 * sender sets one later, its doorbell is another interrupt and does not merge with this
	 * one.
	 */
	dsb(sy);
	/* Acquire: what the sender stored before the SGI is seen by the guest after it. */
	sgis = load_acquire(&self->arch.sgi_pending);
	if (likely(intid == DOORBELL_SGI && deliver_one(&self->arch, sgis) &&
		   !READ_ONCE(self->requests)))
		cpu_count(JH_STAT_IPI);
	else if (likely(intid == DOORBELL_SGI && READ_ONCE(self->requests) == CPU_REQ_VIRQ &&
			!sgis))
		deliver_virq(self);
	else
		doorbell_rest(intid);
}
