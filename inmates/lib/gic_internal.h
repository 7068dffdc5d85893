/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The contract between gic.c and the two versions of the GIC.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_GIC_INTERNAL_H
#define INMATE_GIC_INTERNAL_H

#include <inmate/types.h>

/** struct gic_ops - operations that differ between GICv2 and GICv3 */
struct gic_ops {
	bool (*cpu_init)(void);		/* false: this CPU has no interface here */
	u64 (*local_base)(void);	/* registers of SGIs and PPIs, laid out like the GICD's */
	void (*wait_disabled)(u32 intid);
	void (*set_target_self)(u32 intid);
	void (*send_sgi)(u32 intid, u64 mpidr);
	void (*send_sgi_self)(u32 intid);
	void (*send_sgi_others)(u32 intid);
	u32 (*ack)(void);
	void (*eoi)(u32 ack);
	void (*deactivate)(u32 ack);
	void (*set_split_eoi)(bool split);
	void (*set_mask)(u8 priority);
	u8 (*get_mask)(void);
	u8 (*running_priority)(void);
};

extern const struct gic_ops gic_v2_ops;
extern const struct gic_ops gic_v3_ops;

#endif
