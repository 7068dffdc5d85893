/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef GIC_VSGI_V3_H
#define GIC_VSGI_V3_H

#include <hv/types.h>

/** vsgi_v3_doorbell() - an SGI, the doorbell nearly always, has been acknowledged */
void vsgi_v3_doorbell(u32 intid);

#endif
