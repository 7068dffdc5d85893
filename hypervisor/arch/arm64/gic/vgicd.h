/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The distributor as a guest sees it.
 */
#ifndef GIC_VGICD_H
#define GIC_VGICD_H

#include <hv/cell.h>
#include <hv/mmio.h>

/** vgicd_init() - prepare root's view; during enable */
void vgicd_init(void) __cold;

/** vgicd_prepare() - prepare the view of a new cell, whose CPUs are known */
void vgicd_prepare(struct cell *cell) __cold;

/** vgicd_access() - a guest's access to the distributor */
u64 vgicd_access(struct mmio_access access);

/* vgicd_access() with short paths for frequent registers */
u64 vgicd_read(u32 offset, u32 size);
void vgicd_write(u32 offset, u32 size, u64 value);
u64 vgicd_read32(u32 offset);
void vgicd_write32(u32 offset, u32 value);

/**
 * vgicd_access_other() - to registers that not every version has, or of interrupts that the cell
 *			  does not own. In vgicd_v2.c or vgicd_v3.c.
 */
u64 vgicd_access_other(struct mmio_access access);

/** vgicd_access_none() - an access without effect: reads as zero, ignores writes */
u64 vgicd_access_none(struct mmio_access access);

/** vgicd_typer() - GICD_TYPER of a guest that sees @num_cpus numbered CPUs; @found: the real one */
u32 vgicd_typer(u32 found, u32 num_cpus) __cold;

#endif
