// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cache maintenance for memory that EL2 or a cell reads with its caches off.
 */
#include "../../jh.h"

#include <linux/cpufeature.h>
#include <linux/kernel.h>
#include <asm/barrier.h>
#include <asm/cputype.h>

#define CTR_DMINLINE	16		/* in CTR_EL0: the smallest line, as a logarithm of words */

/**
 * jh_arch_clean() - clean and invalidate to the point of coherency
 *
 * EL2 starts with its MMU off, a cell with its caches off. A dirty line would hide Linux's data
 * from them at first, and overwrite theirs when it is evicted later.
 */
void jh_arch_clean(const void *start, size_t size)
{
	u64 line = 4UL << cpuid_feature_extract_unsigned_field(
			read_sanitised_ftr_reg(SYS_CTR_EL0), CTR_DMINLINE);
	unsigned long end = (unsigned long)start + size;
	unsigned long at = ALIGN_DOWN((unsigned long)start, line);

	for (; at < end; at += line)
		asm volatile("dc civac, %0" :: "r" (at) : "memory");
	dsb(sy);
}

/** jh_arch_sync_code() - invalidate all CPUs' instruction caches, after code was cleaned */
void jh_arch_sync_code(void)
{
	asm volatile("ic ialluis; dsb ish; isb" ::: "memory");
}
