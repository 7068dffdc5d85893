// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SGIs of GICv2. An SGI is pending, and is delivered, once for each sender, and the guest reads the
 * sender in GICC_IAR (IHI 0048, 3.2.1). Because an INTID may be in one list register only, the SGI
 * of the next sender waits until the one before has ended.
 *
 * SGIs go from CPU to CPU physically: the distributor keeps them by number and sender, and only the
 * targets are filtered. SGIs that not every CPU can take (secure ones), and the one with the
 * doorbell's number, are bits in memory, for which the doorbell rings.
 *
 * Senders and targets are CPU interfaces as the guest numbers them (gic/vcpuid.h), except in values
 * that go to the distributor or come from it.
 */
#include <asm/trap.h>
#include <gic/affinity.h>
#include <gic/gicv2.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <gic/vcpuid.h>
#include <gic/vsgi.h>
#include <gic/vsgi_v2.h>
#include <gic/vspi.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

#define SGIR_FILTER(value)	((u32)(value) >> 24 & 3)
#define SGIR_TARGETS(value)	((u32)(value) >> 16 & 0xff)
#define SGIR_OTHERS		1
#define SGIR_SELF		2

#define PENDING_WORDS		4	/* of GICD_SPENDSGIR, a byte for each SGI */

/* The sender is stored first: whoever sees the pending bit finds it. */
static inline void note(struct arch_cpu *cpu, u32 intid, u32 sources)
{
	fetch_or(&cpu->sgi_sources[intid], (u8)sources);
	fetch_or(&cpu->sgi_pending, 1U << intid);
}

/* --- into list registers --- */

/*
 * Put an SGI into a free list register. If other senders' wait, a maintenance interrupt tells when
 * it has ended.
 */
static inline void put_at(u32 n, u32 intid, u32 priority, u32 sources)
{
	u32 source = (u32)__builtin_ctz(sources);
	u32 lr = GICH_LR_PENDING | GICH_LR_PRIORITY(priority) | source << GICH_LR_SOURCE_SHIFT |
		 intid;

	sources &= sources - 1;
	if (unlikely(sources)) {
		lr |= GICH_LR_EOI;
		note(&cpu_self()->arch, intid, sources);
		gic_await_end();
	}
	write32(gicv2.gich, GICH_LR + 4 * n, lr);
}

static void put_again(u32 n, u32 sources)
{
	u64 lr = gic_lr_read(n);
	u32 source = LR_SOURCE(lr), intid = LR_VINTID(lr);

	if (sources >> source & 1)
		lr |= LR_PENDING;
	sources &= ~(1U << source);
	if (sources) {
		lr |= LR_EOI;
		note(&cpu_self()->arch, intid, sources);
		gic_await_end();
	}
	gic_lr_write(n, lr);
}

static bool put_sgi(u32 intid, u32 priority)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u64 empty = gic_lr_empty();
	u32 sources = exchange(&cpu->sgi_sources[intid], 0);
	int n = lr_find(intid);

	if (!sources)
		return true;
	if (n >= 0) {
		put_again((u32)n, sources);
		return true;
	}
	if (!empty) {
		fetch_or(&cpu->sgi_sources[intid], (u8)sources);
		return false;
	}
	put_at((u32)__builtin_ctzl(empty), intid, priority, sources);
	return true;
}

static inline u32 sender_of(u32 iar)
{
	return ((const u8 *)&this_percpu->senders)[IAR_SOURCE(iar)];
}

/* The same for a virtual interrupt; a request that came meanwhile rings again. */
static inline void deliver_virq(struct cpu *self)
{
	cpu_count(JH_STAT_MANAGEMENT);
	fetch_and(&self->requests, ~CPU_REQ_VIRQ);
	if (likely(gicv2_lrs_empty()))
		vspi_deliver();
	else
		vspi_sync();
}

static __noinline void take_sgi_rest(u32 iar)
{
	if (IAR_INTID(iar) != DOORBELL_SGI)
		note(&cpu_self()->arch, IAR_INTID(iar), 1U << sender_of(iar));
	vsgi_deliver();
	if (!READ_ONCE(cpu_self()->requests)) {
		cpu_count(JH_STAT_IPI);
		return;
	}
	cpu_count(JH_STAT_MANAGEMENT);
	cpu_handle_requests();
}

static inline void take_doorbell(struct cpu *self, u32 iar)
{
	/* Pending bits are read after GICC_IAR: a later SGI causes another interrupt. */
	dmb(ishld);
	if (likely(READ_ONCE(self->requests) == CPU_REQ_VIRQ &&
		   !load_acquire(&self->arch.sgi_pending)))
		deliver_virq(self);
	else
		take_sgi_rest(iar);
}

void vsgi_v2_take(u32 intid, u32 iar)
{
	struct cpu *self = this_percpu->self;
	const struct arch_cpu *cpu = &self->arch;

	gicv2_end(iar);
	if (intid == DOORBELL_SGI) {
		take_doorbell(self, iar);
		return;
	}
	/* Nearly always the guest owns it, and nothing else is on its way. */
	if (likely(READ_ONCE(cpu->sgi_enabled) >> intid & 1 && gicv2_lrs_empty())) {
		write32(gicv2.gich, GICH_LR, GICH_LR_PENDING |
			((sender_of(iar) << GICH_LR_SOURCE_SHIFT | intid) |
			 GICH_LR_PRIORITY(cpu->sgi_priority[intid])));
		cpu_count(JH_STAT_IPI);
		return;
	}
	/* As above. */
	dmb(ishld);
	take_sgi_rest(iar);
}

__noinline void vsgi_deliver(void)
{
	vsgi_deliver_by(put_sgi);
}

/* --- to CPUs --- */

void vsgi_sgi1r(u64 value)
{
	(void)value;
}

void vsgi_virtual(void)
{
}

void vsgi_direct(void)
{
}

static inline u32 interfaces_of(u32 targets)
{
	return this_cell()->arch.interfaces[targets];
}

static void note_all(u32 targets, u32 intid)
{
	const u8 *number = this_cell()->arch.clusters[0].cpu;

	for (; targets; targets &= targets - 1)
		note(&cpus[number[__builtin_ctz(targets)]].arch, intid, this_percpu->cluster_bit);
}

/* Unmanaged CPUs of root get the physical SGI; to them the doorbell would mean nothing. */
static void send_noted(u32 targets, u32 unmanaged, u32 intid)
{
	/*
	 * A CPU that is entering the hypervisor just now either still takes the SGI before, or
	 * finds it pending at the distributor (vsgi_import()). With the doorbell's number it would
	 * take it for a doorbell, so that one is noted as well.
	 */
	if (unmanaged) {
		if (intid == DOORBELL_SGI)
			note_all(unmanaged, intid);
		dmb(ishst);
		gicv2_send(unmanaged, intid);
	}
	if (targets) {
		note_all(targets, intid);
		gicv2_ring(gicv2_sgir(interfaces_of(targets), DOORBELL_SGI));
	}
}

/* SGIs that cannot be sent physically to all targets: to this CPU too, or not native. */
static __noinline void send_any(u32 targets, u32 unmanaged, u32 intid)
{
	u32 own = this_percpu->cluster_bit & targets;

	/* With direct interrupts SGIs are physical; only their targets are filtered. */
	if (cell_is_direct(this_cell())) {
		gicv2_send(interfaces_of(targets), intid);
		return;
	}
	targets &= ~own;
	if (gicv2.native >> intid & 1)
		gicv2_send(interfaces_of(targets) | unmanaged, intid);
	else
		send_noted(targets, unmanaged, intid);
	if (own) {
		note(&cpu_self()->arch, intid, own);
		vsgi_deliver();
	}
}

/* The unmanaged CPUs of a set of root's targets. */
static inline u32 unmanaged_of(const struct cell *cell, u32 targets)
{
	return cell->id == CELL_ROOT ? targets & READ_ONCE(affinity_clusters[0].unmanaged) : 0;
}

/* An SGI to this CPU alone needs no physical SGI, unless another interrupt is on its way. */
static inline bool send_to_own(u32 intid)
{
	const struct arch_cpu *cpu = &this_percpu->self->arch;

	if (!(READ_ONCE(cpu->sgi_enabled) >> intid & 1) || !gicv2_lrs_empty())
		return false;
	write32(gicv2.gich, GICH_LR, GICH_LR_PENDING |
		this_percpu->number << GICH_LR_SOURCE_SHIFT | intid |
		GICH_LR_PRIORITY(cpu->sgi_priority[intid]));
	return true;
}

/* An SGI without a target that can take it; a target of the cell that is off is no mistake. */
static __noinline void send_to_none(u32 value)
{
	if (!SGIR_FILTER(value) && SGIR_TARGETS(value) & ~vcpuid_interfaces(this_cell()))
		mmio_ignored(trap_address(read_sysreg(far_el2)));
}

static inline u32 sgir_targets(u32 value, u32 own)
{
	if (likely(!SGIR_FILTER(value)))
		return SGIR_TARGETS(value);
	if (SGIR_FILTER(value) == SGIR_OTHERS)
		return 0xff & ~own;
	return SGIR_FILTER(value) == SGIR_SELF ? own : 0;
}

void vsgi_v2_send(u32 value)
{
	u32 intid = value & 0xf, own = this_percpu->cluster_bit, targets = sgir_targets(value, own);
	const struct cell *cell = this_cell();
	u32 unmanaged;

	if (targets & own) {
		if (targets != own || !send_to_own(intid))
			send_any(targets & cell->arch.sgi_targets[0], unmanaged_of(cell, targets),
				 intid);
		return;
	}
	unmanaged = unmanaged_of(cell, targets);
	targets &= cell->arch.sgi_targets[0];
	/* The guest orders its earlier stores by its own barriers. */
	if (likely(targets) && likely(gicv2.native >> intid & 1))
		gicv2_send(interfaces_of(targets) | unmanaged, intid);
	else if (targets | unmanaged)
		send_any(targets, unmanaged, intid);
	else
		send_to_none(value);
}

/* --- the pending state of SGIs, GICD_SPENDSGIR and GICD_CPENDSGIR (IHI 0048, 4.3.16) --- */

void vsgi_import(void)
{
	u32 word, i, sources;

	for (word = 0; word < PENDING_WORDS; word++) {
		sources = read32(gicd_base, GICD_SPENDSGIR + 4 * word);
		write32(gicd_base, GICD_CPENDSGIR + 4 * word, sources);
		for (i = 0; i < 4; i++, sources >>= 8) {
			if (sources & 0xff)
				note(&cpu_self()->arch, 4 * word + i, sources & 0xff);
		}
	}
}

void vsgi_export(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 intid, sources;

	/*
	 * A pending doorbell is not for the guest; its own SGI of that number is in @sgi_sources.
	 */
	write8(gicd_base, GICD_CPENDSGIR + DOORBELL_SGI, 0xff);
	for (intid = 0; intid < INTID_PPI; intid++) {
		sources = exchange(&cpu->sgi_sources[intid], 0);
		if (sources)
			write8(gicd_base, GICD_SPENDSGIR + intid, (u8)sources);
	}
	store_release(&cpu->sgi_pending, 0);
}

void vsgi_clear(void)
{
	struct arch_cpu *cpu = &this_percpu->self->arch;
	u32 doorbell = 0xffU << DOORBELL_SGI % 4 * 8, i;

	for (i = 0; i < PENDING_WORDS; i++)
		write32(gicv2.gicd, GICD_CPENDSGIR + 4 * i,
			i == DOORBELL_SGI / 4 ? ~doorbell : ~0U);
	for (i = 0; i < ARRAY_SIZE(cpu->sgi_sources); i += sizeof(u64))
		*(u64 *)&cpu->sgi_sources[i] = 0;
	store_release(&cpu->sgi_pending, 0);
}

/* If the guest has not acknowledged the SGI, move it from its list register to the pending bits. */
static void recall(u32 intid)
{
	int n = lr_find(intid);
	u64 lr;

	if (n < 0)
		return;
	lr = gic_lr_read((u32)n);
	if (!(lr & LR_PENDING))
		return;
	note(&cpu_self()->arch, intid, 1U << LR_SOURCE(lr));
	gic_lr_write((u32)n, lr & LR_ACTIVE ? lr & ~LR_PENDING : 0);
}

static u32 access_sources(u32 intid, u32 value, bool set)
{
	struct arch_cpu *cpu = &cpu_self()->arch;

	recall(intid);
	value &= vcpuid_interfaces(this_cell());
	if (set && value)
		note(cpu, intid, value);
	if (!set && !(fetch_and(&cpu->sgi_sources[intid], (u8)~value) & ~value))
		fetch_and(&cpu->sgi_pending, ~(1U << intid));
	return READ_ONCE(cpu->sgi_sources[intid]);
}

/* With direct interrupts: a byte of the hardware for each SGI, with a bit for each sender. */
static u64 access_pending_direct(struct mmio_access a)
{
	const struct cell *cell = this_cell();
	u64 value = 0;
	u32 i;

	if (a.size != 1 && a.size != 4)
		return 0;
	for (i = 0; i < a.size; i++) {
		if (a.write)
			write8(gicd_base, a.offset + i,
			       (u8)vcpuid_set_in(cell, (u32)(a.value >> 8 * i)));
		else
			value |= (u64)vcpuid_set_out(cell, read8(gicd_base, a.offset + i)) << 8 * i;
	}
	return value;
}

u64 vsgi_v2_access_pending(struct mmio_access a)
{
	bool set = a.offset >= GICD_SPENDSGIR;
	u32 first = a.offset % 16, i;
	u64 value = 0;

	if (cell_is_direct(this_cell()))
		return access_pending_direct(a);
	for (i = 0; i < a.size && i < 4; i++)
		value |= (u64)access_sources(first + i, a.write ? a.value >> 8 * i & 0xff : 0,
					     set) << 8 * i;
	vsgi_deliver();
	return value;
}
