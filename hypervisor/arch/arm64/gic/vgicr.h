/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The redistributors (GICv3) as a guest sees them: those of its own CPUs.
 */
#ifndef GIC_VGICR_H
#define GIC_VGICR_H

#include <hv/mmio.h>

/** vgicr_access() - a guest's access to the redistributors */
u64 vgicr_access(struct mmio_access access);

/** vgicr_own_offset() - offset at which the guest sees the executing CPU's interrupts 0 to 31 */
u32 vgicr_own_offset(void);

/* vgicr_access() with short paths for frequent registers */
u64 vgicr_read(u32 offset, u32 size);
u64 vgicr_read32(u32 offset);
void vgicr_write32(u32 offset, u32 value);

#endif
