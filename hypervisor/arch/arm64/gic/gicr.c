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

u32 gicr_offset(const void *redistributor)
{
	return (u32)((const char *)redistributor - (const char *)gicr);
}

static u64 pass(struct mmio_access a, void *frame)
{
	switch (a.size) {
	case 8:
		if (!a.write)
			return read64(frame, a.offset);
		write64(frame, a.offset, a.value);
		break;
	case 4:
		if (!a.write)
			return read32(frame, a.offset);
		write32(frame, a.offset, (u32)a.value);
		break;
	}
	return 0;
}

/*
 * The frame that describes the redistributor and holds its LPI tables. Everybody may find out
 * which there are; only root may have LPIs, whose tables the redistributor reads by DMA; nobody may
 * put one to sleep, which would make the CPU deaf to us.
 */
static __noinline u64 access_rd(struct mmio_access a, void *frame, bool own)
{
	bool is_root = this_cell()->id == CELL_ROOT;

	/* A wrong width may be an external abort, which would be ours. */
	if (a.size == 8 && !is_root && a.offset != GICR_TYPER)
		return 0;
	if (a.write)
		return own && is_root && a.offset != GICR_WAKER ? pass(a, frame) : 0;
	if (a.offset < 0x10 || a.offset >= GICD_IDS || (own && (is_root || a.offset == GICR_WAKER)))
		return pass(a, frame);
	return 0;
}

/* SGIs of a CPU are to be delivered, or to be taken back, that were not before. */
static void sgis_changed(u32 cpu)
{
	if (cpu == this_cpu())
		vgic_resync();
	else
		cpu_request(BIT(cpu), CPU_REQ_RESYNC);
}

static __noinline void change_sgis(u32 *field, u32 set, u32 clear, u32 cpu)
{
	if (set)
		fetch_or(field, set);
	else
		fetch_and(field, ~clear);
	sgis_changed(cpu);
}

static u64 access_sgi_pending(struct mmio_access a, u32 number)
{
	u32 *field = &cpus[number].arch.sgi_pending, bits = (u32)a.value & SGIS;

	if (!a.write)
		return READ_ONCE(*field) & SGIS;
	if (bits)
		change_sgis(field, a.offset == GICR_ISPENDR0 ? bits : 0, bits, number);
	return 0;
}

static u64 access_sgi_priorities(struct mmio_access a, struct arch_cpu *cpu, u32 number)
{
	u32 first = a.offset - GICR_IPRIORITYR0, i;
	u64 value = 0;

	for (i = 0; i < a.size && i < 4; i++) {
		if (a.write)
			cpu->sgi_priority[first + i] = (u8)(a.value >> 8 * i);
		else
			value |= (u64)cpu->sgi_priority[first + i] << 8 * i;
	}
	if (a.write)
		sgis_changed(number);
	return value;
}

/*
 * Where interrupts are direct, SGIs are the hardware's too. The doorbell, by which the CPU is
 * called back, stays enabled, keeps its priority, and is not made active, which would keep it from
 * being signalled, nor taken away while it rings.
 */
static u64 access_sgi_direct(struct mmio_access a, void *frame)
{
	u32 mine = guest_ppis | SGIS, mine_alone = mine & ~(1U << DOORBELL_SGI);

	switch (a.offset) {
	case GICR_ICENABLER0:
	case GICR_ICPENDR0:
	case GICR_ISACTIVER0:
		return gicd_access_bank(a, frame, a.write ? mine_alone : mine);
	case GICR_ISENABLER0:
	case GICR_ISPENDR0:
	case GICR_ICACTIVER0:
		return gicd_access_bank(a, frame, mine);
	case GICR_IPRIORITYR0 ... GICR_IPRIORITYR0 + 31:
		return gicd_access_bank(a, frame, mine_alone >> a.offset % 32);
	}
	return 0;
}

static u64 read_enable(void *frame, u32 offset, const struct arch_cpu *cpu)
{
	return (read32(frame, offset) & guest_ppis) | (READ_ONCE(cpu->sgi_enabled) & SGIS);
}

static inline void enable(void *frame, u32 value, u32 number)
{
	u32 *sgis = &cpus[number].arch.sgi_enabled, bits = value & guest_ppis;

	if (bits)
		write32(frame, GICR_ISENABLER0, bits);
	if (unlikely(value & SGIS & ~*sgis))
		change_sgis(sgis, value & SGIS, 0, number);
}

static __noinline void disable(void *frame, u32 value, u32 number)
{
	u32 *sgis = &cpus[number].arch.sgi_enabled, bits = value & guest_ppis;

	if (bits) {
		write32(frame, GICR_ICENABLER0, bits);
		gicd_changed(frame, 0, bits);
	}
	if (value & SGIS & *sgis)
		change_sgis(sgis, 0, value & SGIS, number);
}

static u64 access_enable(struct mmio_access a, void *frame, u32 number)
{
	if (!a.write)
		return read_enable(frame, a.offset, &cpus[number].arch);
	if (a.offset == GICR_ISENABLER0)
		enable(frame, (u32)a.value, number);
	else
		disable(frame, (u32)a.value, number);
	return 0;
}

/* Registers of interrupts 0-31: the lower half is ours, the upper half the hardware's. */
static __noinline u64 access_sgi(struct mmio_access a, void *frame, u32 number)
{
	struct arch_cpu *cpu = &cpus[number].arch;

	if (unlikely(cell_is_direct(this_cell())) && a.offset >= GICR_ISENABLER0 &&
	    a.offset < GICR_ICFGR0)
		return access_sgi_direct(a, frame);
	switch (a.offset) {
	case GICR_ISENABLER0:
	case GICR_ICENABLER0:
		return a.size == 4 ? access_enable(a, frame, number) : 0;
	case GICR_ISPENDR0:
	case GICR_ICPENDR0:
		if (a.size != 4)
			return 0;
		return gicd_access_bank(a, frame, guest_ppis) | access_sgi_pending(a, number);
	case GICR_ISACTIVER0:
	case GICR_ICACTIVER0:
		return gicd_access_bank(a, frame, guest_ppis);
	case GICR_IPRIORITYR0 ... GICR_IPRIORITYR0 + 15:
		return access_sgi_priorities(a, cpu, number);
	case GICR_IPRIORITYR0 + 16 ... GICR_IPRIORITYR0 + 31:
		return gicd_access_bank(a, frame, guest_ppis >> a.offset % 32);
	case GICR_ICFGR0:
	case GICR_ICFGR1:
		/* The triggers of PPIs are the board's; the CPU's next owner counts on them. */
		if (a.write && this_cell()->id != CELL_ROOT)
			return 0;
		return gicd_access_bank(a, frame, guest_ppis >> a.offset / 4 % 2 * 16);
	case GICR_IGROUPR0:
		return a.write || a.size != 4 ? 0 : read32(frame, a.offset);
	}
	return 0;
}

u64 gicr_access_own(struct mmio_access a, void *frame)
{
	return access_sgi(a, frame, this_cpu());
}

u64 gicr_access(struct mmio_access a)
{
	u32 n = a.offset >> FRAME_SHIFT, cpu;
	void *frame = (char *)gicr + (n << FRAME_SHIFT);
	bool own;

	if (n >= MAX_FRAMES || frames[n].kind == FRAME_NONE)
		return 0;
	cpu = frames[n].cpu;
	own = cpus[cpu].cell == this_cell();
	a.offset &= (1U << FRAME_SHIFT) - 1;
	if (frames[n].kind == FRAME_RD)
		return access_rd(a, frame, own);
	/* A CPU that is off has no interrupts; when it comes on they are as after a reset. */
	return own && load_acquire(&cpus[cpu].state) == CPU_RUNNING ? access_sgi(a, frame, cpu) : 0;
}

/* Its own CPU's enable bits are what a guest looks at and sets all the time. */
static inline bool is_own(u32 offset, u32 reg)
{
	return offset - this_percpu->sgi_offset == reg && !cell_is_direct(this_cell());
}

static void *own_frame(void)
{
	return (char *)this_percpu->gicr + GICR_SGI_FRAME;
}

u64 gicr_read32(u32 offset)
{
	if (likely(is_own(offset, GICR_ISENABLER0)))
		return read_enable(own_frame(), GICR_ISENABLER0, &this_percpu->self->arch);
	return gicr_access((struct mmio_access){ 0, offset, 4, false });
}

void gicr_write32(u32 offset, u32 value)
{
	if (likely(is_own(offset, GICR_ISENABLER0)))
		enable(own_frame(), value, this_cpu());
	else if (likely(is_own(offset, GICR_ICENABLER0)))
		disable(own_frame(), value, this_cpu());
	else
		gicr_access((struct mmio_access){ value, offset, 4, true });
}
