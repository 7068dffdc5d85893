// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/vbank.h>
#include <gic/vgic.h>
#include <gic/vppi.h>
#include <hv/atomic.h>

u32 vppi_mask;

void vppi_init(u32 hidden)
{
	vppi_mask = PPIS & ~hidden;
}

/* SGIs of a CPU became pending or not, enabled or not: its list registers have to follow. */
static void sgis_changed(u32 cpu)
{
	if (cpu == this_cpu())
		vgic_resync();
	else
		cpu_request(BIT(cpu), CPU_REQ_RESYNC);
}

void vppi_change_sgis(u32 *field, u32 set, u32 clear, u32 number)
{
	if (set)
		fetch_or(field, set);
	else
		fetch_and(field, ~clear);
	sgis_changed(number);
}

static __cold u64 access_sgi_pending(struct mmio_access a, u32 number)
{
	u32 *field = &cpus[number].arch.sgi_pending, bits = (u32)a.value & SGIS;

	if (!a.write)
		return READ_ONCE(*field) & SGIS;
	if (bits)
		vppi_change_sgis(field, a.offset == GICD_ISPENDR ? bits : 0, bits, number);
	return 0;
}

static __cold u64 access_sgi_priorities(struct mmio_access a, u32 number)
{
	u8 *priority = &cpus[number].arch.sgi_priority[a.offset - GICD_IPRIORITYR];
	u64 value = 0;
	u32 i;

	for (i = 0; i < a.size && i < 4; i++) {
		if (a.write)
			priority[i] = (u8)(a.value >> 8 * i);
		else
			value |= (u64)priority[i] << 8 * i;
	}
	if (a.write)
		sgis_changed(number);
	return value;
}

/*
 * With direct interrupts SGIs are physical, too. The guest cannot disable the doorbell, by which
 * the CPU is recalled, change its priority, make it active, which would suppress it, or clear it
 * while it is pending.
 */
static __cold u64 access_direct(struct mmio_access a, void *base)
{
	u32 mine = vppi_mask | SGIS, mine_alone = mine & ~(1U << DOORBELL_SGI);

	switch (a.offset) {
	case GICD_ICENABLER:
	case GICD_ICPENDR:
	case GICD_ISACTIVER:
		return vbank_access(a, base, a.write ? mine_alone : mine);
	case GICD_ISENABLER:
	case GICD_ISPENDR:
	case GICD_ICACTIVER:
		return vbank_access(a, base, mine);
	case GICD_IPRIORITYR ... GICD_IPRIORITYR + INTID_SPI - 1:
		return vbank_access(a, base, mine_alone >> a.offset % INTID_SPI);
	}
	return 0;
}

void vppi_ignored(u32 value)
{
	vgic_ignored((struct mmio_access){ value, 0, 4, true });
}

void vppi_disable(void *base, u32 value, u32 number)
{
	u32 *sgis = &cpus[number].arch.sgi_enabled, bits = value & vppi_mask;

	if (bits) {
		write32(base, GICD_ICENABLER, bits);
		vbank_changed(base, 0, bits);
	}
	if (value & SGIS & *sgis)
		vppi_change_sgis(sgis, 0, value & SGIS, number);
}

static u64 access_enable(struct mmio_access a, void *base, u32 number)
{
	if (!a.write)
		return vppi_read_enable(base, a.offset, &cpus[number].arch);
	if (a.offset == GICD_ISENABLER)
		vppi_enable(base, (u32)a.value, number);
	else
		vppi_disable(base, (u32)a.value, number);
	return 0;
}

/* Bits 0 to 15 of each register (SGIs) are emulated, bits 16 to 31 (PPIs) are the hardware's. */
u64 vppi_access(struct mmio_access a, void *base, u32 number)
{
	if (unlikely(cell_is_direct(this_cell())) && a.offset >= GICD_ISENABLER &&
	    a.offset < GICD_ICFGR)
		return access_direct(a, base);
	switch (a.offset) {
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return a.size == 4 ? access_enable(a, base, number) : 0;
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		if (a.size != 4)
			return 0;
		return vbank_access(a, base, vppi_mask) | access_sgi_pending(a, number);
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		return vbank_access(a, base, vppi_mask);
	case GICD_IPRIORITYR ... GICD_IPRIORITYR + INTID_PPI - 1:
		return access_sgi_priorities(a, number);
	case GICD_IPRIORITYR + INTID_PPI ... GICD_IPRIORITYR + INTID_SPI - 1:
		return vbank_access(a, base, vppi_mask >> a.offset % INTID_SPI);
	case GICD_ICFGR:
	case GICD_ICFGR + 4:
		/* The triggers of PPIs are the board's: the CPU's next owner relies on them. */
		if (a.write && this_cell()->id != CELL_ROOT)
			return 0;
		return vbank_access(a, base, vppi_mask >> a.offset / 4 % 2 * 16);
	case GICD_IGROUPR:
		return a.write || a.size != 4 ? 0 : read32(base, a.offset);
	}
	return 0;
}
