/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * In place of hv/mmio_access.h: registers of devices are functions of the test.
 */
#ifndef HV_MMIO_ACCESS_H
#define HV_MMIO_ACCESS_H

#include <hv/types.h>

u64 fake64_read(const void *base, u64 offset, u32 size);
void fake64_write(void *base, u64 offset, u32 size, u64 value);

#define read8(base, offset)		((u8)fake64_read(base, offset, 1))
#define read32(base, offset)		((u32)fake64_read(base, offset, 4))
#define read64(base, offset)		fake64_read(base, offset, 8)
#define write8(base, offset, value)	fake64_write(base, offset, 1, value)
#define write32(base, offset, value)	fake64_write(base, offset, 4, value)
#define write64(base, offset, value)	fake64_write(base, offset, 8, value)

#endif
