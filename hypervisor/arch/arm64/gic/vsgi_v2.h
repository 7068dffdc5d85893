/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef GIC_VSGI_V2_H
#define GIC_VSGI_V2_H

#include <hv/mmio.h>

/** vsgi_v2_take() - SGI @intid has been acknowledged; @iar: the value of GICC_IAR */
void vsgi_v2_take(u32 intid, u32 iar);

/** vsgi_v2_send() - the guest wrote @value to GICD_SGIR */
void vsgi_v2_send(u32 value);

/** vsgi_v2_access_pending() - the guest accesses GICD_SPENDSGIR or GICD_CPENDSGIR */
u64 vsgi_v2_access_pending(struct mmio_access access);

#endif
