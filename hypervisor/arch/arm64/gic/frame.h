/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Where the register frames of the interrupt controller are: units of the configuration.
 */
#ifndef GIC_FRAME_H
#define GIC_FRAME_H

#include <hv/types.h>

/** struct gic_frame - a register frame */
struct gic_frame {
	u64 pa;
	u64 size;
	void *va;	/* NULL: the hypervisor does not access it */
	u64 argument;
};

/** gic_frame() - the one frame of a kind, JH_UNIT_*; all zero if the system has none */
struct gic_frame gic_frame(const void *config, u32 kind);

#endif
