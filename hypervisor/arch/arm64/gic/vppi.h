/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A guest's registers of interrupts 0 to 31. PPIs are physical. SGIs are virtual: their enable,
 * pending and priority fields are in struct arch_cpu.
 */
#ifndef GIC_VPPI_H
#define GIC_VPPI_H

#include <gic/ppi.h>
#include <hv/cpu.h>
#include <hv/mmio.h>

/** vppi_mask - PPIs that guests may have, a bit for each INTID; read-only after enable */
extern u32 vppi_mask;

/** vppi_init() - @hidden: PPIs that EL2 uses */
void vppi_init(u32 hidden) __cold;

/** vppi_access() - an access to the registers of CPU @number's interrupts, which are at @base */
u64 vppi_access(struct mmio_access access, void *base, u32 number);

/** vppi_disable() - the guest wrote @value to ICENABLER */
void vppi_disable(void *base, u32 value, u32 number);

/** vppi_change_sgis() - set or clear bits of @field, which is one of CPU @number's */
void vppi_change_sgis(u32 *field, u32 set, u32 clear, u32 number);

/** vppi_read_enable() - the guest reads ISENABLER or ICENABLER, at @offset */
static inline u64 vppi_read_enable(void *base, u32 offset, const struct arch_cpu *cpu)
{
	return (read32(base, offset) & vppi_mask) | (READ_ONCE(cpu->sgi_enabled) & SGIS);
}

/** vppi_ignored() - the guest wrote @value, which has no bit of an interrupt that it owns */
void vppi_ignored(u32 value) __cold;

/** vppi_enable() - the guest wrote @value to ISENABLER */
static inline void vppi_enable(void *base, u32 value, u32 number)
{
	u32 *sgis = &cpus[number].arch.sgi_enabled, bits = value & vppi_mask;

	if (likely(bits)) {
		write32(base, GICD_ISENABLER, bits);
		if (likely(!(value & SGIS)))
			return;
	} else if (unlikely(!(value & SGIS))) {
		/* A tail call: with a frame every enable would be slower. */
		vppi_ignored(value);
		return;
	}
	if (value & SGIS & ~*sgis)
		vppi_change_sgis(sgis, value & SGIS, 0, number);
}

#endif
