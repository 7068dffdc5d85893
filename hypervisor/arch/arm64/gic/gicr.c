// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A guest reaches the redistributors of its own CPUs. SGIs are not the hardware's any more but
 * ours: their enable, pending and priority fields are kept in struct arch_cpu.
 */
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/mmio_access.h>

#define FRAME_SHIFT	16
#define MAX_FRAMES	(4 * JH_MAX_CPUS)	/* RD, SGI and two more with GICv4 */
#define SGIS		0xffffU
#define PPIS		0xffff0000U

enum frame_kind { FRAME_NONE, FRAME_RD, FRAME_SGI };

static void *gicr;
static u64 gicr_size;
static u32 guest_ppis;

/* What each 64 KiB frame is, and whose. */
static struct {
	u8 kind;
	u8 cpu;
} frames[MAX_FRAMES];

void gicr_init(void *base, u64 size, u32 hidden)
{
	gicr = base;
	gicr_size = size;
	guest_ppis = PPIS & ~hidden;
}

void *gicr_find(u32 cpu, u64 mpidr)
{
	u32 affinity = (u32)((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
	u64 offset = 0, typer;

	while (offset + 2 * GICR_SGI_FRAME <= gicr_size && offset >> FRAME_SHIFT < MAX_FRAMES) {
		typer = read64(gicr, offset + GICR_TYPER);
		if (typer >> 32 == affinity) {
			frames[offset >> FRAME_SHIFT].cpu = (u8)cpu;
			frames[offset >> FRAME_SHIFT].kind = FRAME_RD;
			frames[(offset >> FRAME_SHIFT) + 1].cpu = (u8)cpu;
			frames[(offset >> FRAME_SHIFT) + 1].kind = FRAME_SGI;
			return (char *)gicr + offset;
		}
		if (typer & GICR_TYPER_LAST)
			break;
		offset += typer & GICR_TYPER_VLPIS ? 4 * GICR_SGI_FRAME : 2 * GICR_SGI_FRAME;
	}
	return NULL;
}

static void pass(struct mmio_access *a, void *frame, u32 offset)
{
	if (a->size == 8 && a->write)
		write64(frame, offset, a->value);
	else if (a->size == 8)
		a->value = read64(frame, offset);
	else if (a->size == 4 && a->write)
		write32(frame, offset, (u32)a->value);
	else if (a->size == 4)
		a->value = read32(frame, offset);
}

/*
 * The frame that describes the redistributor and holds its LPI tables. Everybody may find out
 * which there are; only root may have LPIs, whose tables the redistributor reads by DMA; nobody may
 * put one to sleep, which would make the CPU deaf to us.
 */
static void access_rd(struct mmio_access *a, void *frame, u32 offset, bool own)
{
	bool is_root = a->cell->id == CELL_ROOT;

	if (a->write) {
		if (own && is_root && offset != GICR_WAKER)
			pass(a, frame, offset);
		return;
	}
	if (offset < 0x10 || offset >= 0xffd0 || (own && (is_root || offset == GICR_WAKER)))
		pass(a, frame, offset);
}

static u32 sgi_bits(struct mmio_access *a, u32 offset, struct arch_cpu *cpu)
{
	u32 bits = (u32)a->value & SGIS;

	switch (offset) {
	case GICR_ISENABLER0:
		return a->write ? fetch_or(&cpu->sgi_enabled, bits) : cpu->sgi_enabled;
	case GICR_ICENABLER0:
		return a->write ? fetch_and(&cpu->sgi_enabled, ~bits) : cpu->sgi_enabled;
	case GICR_ISPENDR0:
		return a->write ? fetch_or(&cpu->sgi_pending, bits) : cpu->sgi_pending;
	case GICR_ICPENDR0:
		return a->write ? fetch_and(&cpu->sgi_pending, ~bits) : cpu->sgi_pending;
	}
	return 0;
}

static void access_sgi_bits(struct mmio_access *a, u32 offset, u32 cpu)
{
	u32 value = sgi_bits(a, offset, &cpus[cpu].arch);

	if (!a->write) {
		a->value |= value;
		return;
	}
	/* Enabled or set pending: deliver. Disabled: take back. */
	if (!(a->value & SGIS) || offset == GICR_ICPENDR0)
		return;
	if (cpu != this_cpu())
		cpu_request(BIT(cpu), CPU_REQ_RESYNC);
	else if (offset == GICR_ICENABLER0)
		vgic_resync();
	else
		vgic_sgis();
}

static void access_sgi_priorities(struct mmio_access *a, u32 first, struct arch_cpu *cpu)
{
	u32 i;

	for (i = 0; i < a->size && i < 4; i++) {
		if (a->write)
			cpu->sgi_priority[first + i] = (u8)(a->value >> 8 * i);
		else
			a->value |= (u64)cpu->sgi_priority[first + i] << 8 * i;
	}
}

static void access_sgi(struct mmio_access *a, void *frame, u32 offset, u32 cpu)
{
	if (offset >= GICR_IPRIORITYR0 && offset < GICR_IPRIORITYR0 + 16) {
		if (a->size <= 4)
			access_sgi_priorities(a, offset - GICR_IPRIORITYR0, &cpus[cpu].arch);
		return;
	}
	/* Registers of INTIDs 32 and above do not exist here. */
	if (offset < GICD_ISENABLER) {
		if (offset == GICD_IGROUPR && !a->write && a->size == 4)
			a->value = read32(frame, offset);
		return;
	}
	if ((offset < GICD_IPRIORITYR && offset & 0x7f) ||
	    (offset >= GICD_IPRIORITYR + 32 && offset < GICD_ICFGR) || offset >= GICD_ICFGR + 8)
		return;
	gicd_access_bank(a, frame, guest_ppis);
	if (offset < GICD_ISACTIVER && a->size == 4)
		access_sgi_bits(a, offset, cpu);
}

void gicr_access(struct mmio_access *a)
{
	u64 n = a->offset >> FRAME_SHIFT;
	u32 offset = (u32)a->offset & 0xffff, cpu;
	void *frame = (char *)gicr + (n << FRAME_SHIFT);
	bool own;

	if (n >= MAX_FRAMES || frames[n].kind == FRAME_NONE)
		return;
	cpu = frames[n].cpu;
	own = cpus[cpu].cell == a->cell;
	if (frames[n].kind == FRAME_RD)
		access_rd(a, frame, offset, own);
	else if (own)
		access_sgi(a, frame, offset, cpu);
}
