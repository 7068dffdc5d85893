/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Interrupts 0 to 31: the SGIs and PPIs of each CPU. Their registers are in the
 * CPU's redistributor (GICv3) or banked in the distributor (GICv2), at the same offsets: those of
 * gic/gicd.h, from this_percpu->ppi_base.
 */
#ifndef GIC_PPI_H
#define GIC_PPI_H

#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <hv/mmio_access.h>

/* A bit for each of them, as in the registers. */
#define SGIS			0x0000ffffU
#define PPIS			0xffff0000U

/** ppi_maintenance - INTID of the maintenance interrupt; read-only after enable */
extern u32 ppi_maintenance;

/** ppi_init() - called once, during enable */
void ppi_init(u32 maintenance) __cold;

/** ppi_hidden() - the PPIs that EL2 uses, a bit for each */
u32 ppi_hidden(void) __cold;

/** ppi_read(), ppi_write() - a register of the executing CPU's interrupts; @reg: GICD_* */
static inline u32 ppi_read(u32 reg)
{
	return read32(this_percpu->ppi_base, reg);
}

static inline void ppi_write(u32 reg, u32 value)
{
	write32(this_percpu->ppi_base, reg, value);
}

/** ppi_own() - enable @bits; the doorbell and the maintenance interrupt outrank everything else */
static inline void ppi_own(u32 bits)
{
	void *base = this_percpu->ppi_base;

	write8(base, GICD_IPRIORITYR + DOORBELL_SGI, PRIORITY_EL2);
	write8(base, GICD_IPRIORITYR + ppi_maintenance, PRIORITY_EL2);
	write32(base, GICD_ISENABLER, bits);
	/* Writes are posted; what follows relies on them. */
	dsb(sy);
}

/** ppi_clear() - disable all, none pending or active, except the doorbell, which may ring */
static inline void ppi_clear(void)
{
	void *base = this_percpu->ppi_base;

	/* GICv2 ignores the bits of SGIs in ICPENDR: they are pending by sender. */
	write32(base, GICD_ICENABLER, ~(1U << DOORBELL_SGI));
	write32(base, GICD_ICPENDR, ~(1U << DOORBELL_SGI));
	write32(base, GICD_ICACTIVER, ~0U);
}

/** ppi_reset_priorities() - give all PPIs the default priority */
static inline void ppi_reset_priorities(void)
{
	void *base = this_percpu->ppi_base;
	u32 i;

	for (i = INTID_PPI; i < INTID_SPI; i += 4)
		write32(base, GICD_IPRIORITYR + i, PRIORITY_DEFAULT * 0x01010101U);
}

/** ppi_reset_sgis() - enable SGIs with the default priority; the doorbell keeps its own */
void ppi_reset_sgis(void);

#endif
