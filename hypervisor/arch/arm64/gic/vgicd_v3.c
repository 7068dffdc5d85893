// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Parts of the distributor that only GICv3 has: routes by affinity (IHI 0069, 12.9.22).
 */
#include <asm/context.h>
#include <gic/gicd.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgicd.h>

#define INTID_BITS	10	/* of a GIC without LPIs: SPIs end at 1019 */

u32 vgicd_typer(u32 found, u32 num_cpus)
{
	(void)num_cpus;
	/* The other fields describe LPIs, ranges and routes, which cells do not have. */
	return (found & (GICD_TYPER_LINES | GICD_TYPER_SECURITY)) |
	       (INTID_BITS - 1) << GICD_TYPER_IDBITS_SHIFT | GICD_TYPER_NO1N;
}

/* An interrupt may be routed to CPUs of its owner only. */
static u64 access_router(struct mmio_access a)
{
	const struct cell *cell = this_cell();
	u32 intid = (a.offset - GICD_IROUTER) / 8, shift = (a.offset & 4) * 8;
	u32 offset = ALIGN_DOWN(a.offset, 8U);
	u64 route;

	/* A CPU that is off may be a target: it may be turned on later. */
	if (a.size < 4 || intid < INTID_SPI || intid >= gicd_intids() ||
	    !cell_owns_irq(cell, intid))
		return 0;
	route = vcpuid_route_out(cell, read64(gicd_base, offset));
	if (!a.write)
		return a.size == 8 ? route : (u32)(route >> shift);
	if (a.size == 8)
		route = a.value;
	else
		route = (route & ~(0xffffffffUL << shift)) | (u64)(u32)a.value << shift;
	/* Bit 31 would route it to CPUs of any cell: the affinity below is used instead. */
	route = vcpuid_route_in(cell, route & MPIDR_AFFINITY);
	if (route != VCPUID_NO_ROUTE)
		write64(gicd_base, offset, route);
	else
		vgic_ignored(a);
	return 0;
}

u64 vgicd_access_other(struct mmio_access a)
{
	if (a.offset >= GICD_IROUTER && a.offset < GICD_IROUTER + 8 * INTID_SPECIAL)
		return access_router(a);
	if (a.offset < GICD_IDS || a.write)
		return vgicd_access_none(a);
	return a.size == 4 ? read32(gicd_base, a.offset) : 0;
}
