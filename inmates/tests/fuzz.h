/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Pseudo-random accesses and numbers, the same in each run.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <inmate/io.h>

static u32 fuzz_seed __attribute__((unused)) = 1;

/** fuzz_random() - the next number, of 24 bits */
static inline u32 fuzz_random(void)
{
	fuzz_seed = fuzz_seed * 1664525 + 1013904223;
	return fuzz_seed >> 8;
}

/** fuzz_access() - write @size bytes, 1, 2, 4 or 8, at an address, and read them */
static inline void fuzz_access(u64 address, u32 size, u64 value)
{
	switch (size) {
	case 1:
		mmio_write8(address, (u8)value);
		(void)mmio_read8(address);
		break;
	case 2:
		mmio_write16(address, (u16)value);
		(void)mmio_read16(address);
		break;
	case 4:
		mmio_write32(address, (u32)value);
		(void)mmio_read32(address);
		break;
	default:
		mmio_write64(address, value);
		(void)mmio_read64(address);
	}
}

#endif
