// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/lr.h>
#include <gic/vbank.h>
#include <gic/vspi.h>
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

/* The first of the guest's CPUs, as it counts them, that are on; JH_MAX_CPUS if none is. */
static u32 target_of(const struct cell *cell)
{
	u32 i;

	for (i = 0; i < cell->num_cpus; i++)
		if (load_acquire(&cpus[cell->order[i]].state) == CPU_RUNNING)
			return cell->order[i];
	return JH_MAX_CPUS;
}

static bool is_due(const struct cell *cell)
{
	return load_acquire(&cell->virq.enabled) && cell_virq_is_raised(cell) &&
	       target_of(cell) == this_cpu();
}

void vspi_sync(void)
{
	const struct cell *cell = this_cell();
	u64 lr = lr_virtual(cell->virq.irq, cell->virq.priority) | LR_EOI;
	bool due = is_due(cell);
	int n = lr_find(cell->virq.irq);

	if (n >= 0) {
		/* What the guest is handling ends first; then this is asked again. */
		if (!(gic_lr_read((u32)n) & LR_ACTIVE))
			gic_lr_write((u32)n, due ? lr : 0);
	} else if (due && !lr_put(lr)) {
		gic_lr_underflow(true);
		return;
	}
	if (due)
		gic_await_end();
}

bool arch_virq_exists(u32 irq)
{
	return irq >= INTID_SPI && irq < gicd_intids();
}

void arch_virq_reset(struct cell *cell)
{
	cell->virq.priority = PRIORITY_DEFAULT;
	store_release(&cell->virq.enabled, 0);
}

/*
 * A CPU that was asked and has not looked yet will see what was changed before: its answer begins
 * with an exchange, and the load here comes after the stores that this is about (both are ordered
 * as by RCsc, Arm ARM B2.3.7).
 */
void arch_virq_changed(struct cell *cell)
{
	u32 target = target_of(cell);

	if (!load_acquire(&cell->virq.enabled) || target == JH_MAX_CPUS)
		return;
	if (target == this_cpu())
		vspi_sync();
	else if (!(load_acquire(&cpus[target].requests) & CPU_REQ_RESYNC))
		cpu_request(BIT(target), CPU_REQ_RESYNC);
}

/* Whichever CPU has it. */
static void changed_by_guest(const struct cell *cell)
{
	vspi_sync();
	cpu_request(cell->cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
}

static void enable(struct cell *cell, bool on)
{
	if (cell->virq.enabled == on)
		return;
	store_release(&cell->virq.enabled, on);
	changed_by_guest(cell);
}

static u64 access_bit(struct mmio_access a, struct cell *cell)
{
	u32 bit = 1U << cell->virq.irq % 32, kind = vbank_kind(a.offset);

	if (a.size != 4 || a.offset / 4 % 32 != cell->virq.irq / 32)
		return 0;
	if (a.write) {
		if (a.value & bit && (kind == VBANK_SET_CLEAR || kind == VBANK_CLEAR_ENABLE))
			enable(cell, kind == VBANK_SET_CLEAR);
		return 0;
	}
	switch (kind) {
	case VBANK_SET_CLEAR:
	case VBANK_CLEAR_ENABLE:
		return cell->virq.enabled ? bit : 0;
	case VBANK_SET_PENDING:
	case VBANK_CLEAR_PENDING:
		return cell_virq_is_raised(cell) ? bit : 0;
	}
	return 0;
}

static u64 access_priority(struct mmio_access a, struct cell *cell)
{
	u32 byte = cell->virq.irq - (a.offset - GICD_IPRIORITYR);

	if (byte >= a.size || a.size == 2 || a.size == 8)
		return 0;
	if (!a.write)
		return (u64)cell->virq.priority << 8 * byte;
	cell->virq.priority = (u8)(a.value >> 8 * byte);
	changed_by_guest(cell);
	return 0;
}

u64 vspi_access(struct mmio_access a)
{
	switch (vbank_kind(a.offset)) {
	case VBANK_BYTES:
		return access_priority(a, this_cell());
	case VBANK_GROUP:
	case VBANK_CONFIG:
	case VBANK_OTHER:
		return 0;
	}
	return access_bit(a, this_cell());
}
