/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The distributor as a guest sees it.
 */
#ifndef GIC_VGICD_H
#define GIC_VGICD_H

#include <hv/mmio.h>

/** vgicd_access() - a guest's access to the distributor */
u64 vgicd_access(struct mmio_access access);

/* The same; what guests do all the time is fast. */
u64 vgicd_read(u32 offset, u32 size);
void vgicd_write(u32 offset, u32 size, u64 value);
u64 vgicd_read32(u32 offset);
void vgicd_write32(u32 offset, u32 value);

/**
 * vgicd_access_other() - to registers that not every version has, or of interrupts that the cell
 *			  does not own. In vgicd_v2.c or vgicd_v3.c.
 */
u64 vgicd_access_other(struct mmio_access access);

#endif
