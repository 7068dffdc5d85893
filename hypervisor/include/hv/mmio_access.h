/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Registers of devices. Volatile accesses keep their width and their order among each other;
 * whatever must be ordered with normal memory says so with a barrier of its own.
 */
#ifndef HV_MMIO_ACCESS_H
#define HV_MMIO_ACCESS_H

#include <hv/types.h>

static inline u8 read8(const void *base, u64 offset)
{
	return *(const volatile u8 *)((const char *)base + offset);
}

static inline u32 read32(const void *base, u64 offset)
{
	return *(const volatile u32 *)((const char *)base + offset);
}

static inline u64 read64(const void *base, u64 offset)
{
	return *(const volatile u64 *)((const char *)base + offset);
}

static inline void write8(void *base, u64 offset, u8 value)
{
	*(volatile u8 *)((char *)base + offset) = value;
}

static inline void write32(void *base, u64 offset, u32 value)
{
	*(volatile u32 *)((char *)base + offset) = value;
}

static inline void write64(void *base, u64 offset, u64 value)
{
	*(volatile u64 *)((char *)base + offset) = value;
}

#endif
