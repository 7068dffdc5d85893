/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The distributor: what all cells share of the interrupt controller.
 */
#ifndef GIC_GICD_H
#define GIC_GICD_H

#include <asm/percpu.h>
#include <gic/gic.h>
#include <hv/mmio_access.h>

#define GICD_CTLR		0x0000
#define  GICD_CTLR_DS		BIT(6)
#define  GICD_CTLR_RWP		BIT(31)
#define GICD_TYPER		0x0004
#define  GICD_TYPER_LINES	0x1fU
#define  GICD_TYPER_CPUS_SHIFT	5
#define  GICD_TYPER_CPUS	(7U << GICD_TYPER_CPUS_SHIFT)
#define  GICD_TYPER_SECURITY	(1U << 10)
#define  GICD_TYPER_IDBITS_SHIFT 19
#define  GICD_TYPER_NO1N	(1U << 25)
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400
#define GICD_ITARGETSR		0x0800
#define GICD_ICFGR		0x0c00
#define GICD_SGIR		0x0f00
#define GICD_CPENDSGIR		0x0f10
#define GICD_SPENDSGIR		0x0f20
#define GICD_IROUTER		0x6000
#define  GICD_IROUTER_ANY	BIT(31)
#define GICD_IDS		0xffd0
#define GICD_PIDR2		0xffe8

/** gicd_base - its registers; written during enable, read-only afterwards */
extern void *gicd_base;

/** gicd_init() - the distributor at @base; version 2 or 3 */
void gicd_init(void *base, u32 version) __cold;

/** gicd_intids() - interrupts that exist have smaller numbers: 32 to 1020 */
u32 gicd_intids(void);

/* The state of one interrupt; INTIDs below 32 are those of the executing CPU. */

/** gicd_bank() - where the registers of an interrupt are */
static inline void *gicd_bank(u32 intid)
{
	return intid < INTID_SPI ? this_percpu->ppi_base : gicd_base;
}

static inline bool gicd_bit(u32 intid, u32 reg)
{
	return read32(gicd_bank(intid), reg + intid / 32 * 4) >> (intid % 32) & 1;
}

static inline bool gicd_is_enabled(u32 intid)
{
	return gicd_bit(intid, GICD_ISENABLER);
}

static inline bool gicd_is_active(u32 intid)
{
	return gicd_bit(intid, GICD_ISACTIVER);
}

u32 gicd_priority(u32 intid);
bool gicd_is_edge(u32 intid);
void gicd_set_pending(u32 intid);

/** gicd_disable() - no CPU acknowledges it from now on; one that has already keeps it */
void gicd_disable(u32 intid);

/** gicd_reset() - disabled, neither pending nor active, group 1, default priority, not routed */
void gicd_reset(u32 intid) __cold;

/** gicd_set_edge() - trigger type of an SPI */
void gicd_set_edge(u32 intid, bool edge) __cold;

/** gicd_is_secure() - is the SPI firmware's? */
bool gicd_is_secure(u32 intid) __cold;

/** gicd_change() - write the bits of @mask in a register whose other bits have other owners */
void gicd_change(void *base, u32 offset, u32 mask, u32 value);

#endif
