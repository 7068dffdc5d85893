// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The map of a program that may lie anywhere: Normal memory where its RAM and the communication
 * region are, in steps of 2 MB, everything else Device and not executable.
 *
 * It is built with the MMU off. Stores bypass the caches then, so stale clean lines of the tables
 * are invalidated before a table walk may find them in a cache.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/io.h>

#include "bsp.h"
#include "bsp_map.h"
#include "layout.h"

/* RAM of the cell, from the linker script. */
extern u8 __bsp_ram_start[], __bsp_ram_end[];

/* Not in .bss, which is cleared when the tables are in use. The first is the root. */
struct bsp_map bsp_mmu_map __attribute__((section(".bsp.tables,\"aw\",%nobits//"), aligned(4096)));

void bsp_mmu_build(void);

/* Called by bsp_start.S, before .bss is cleared. */
void bsp_mmu_build(void)
{
	u64 ctr, line;

	bsp_map_init(&bsp_mmu_map);
	bsp_map_range(&bsp_mmu_map, COMM_BASE, COMM_BASE + 1, PTE_DATA);
	bsp_map_range(&bsp_mmu_map, (u64)__bsp_ram_start, (u64)__bsp_ram_end, PTE_CODE);

	asm volatile("mrs %0, ctr_el0" : "=r"(ctr));
	line = 4UL << (ctr >> 16 & 0xf);
	/* The stores are in memory before the lines go, and the lines before the MMU comes on. */
	asm volatile("dsb sy" : : : "memory");
	for (u64 addr = (u64)&bsp_mmu_map; addr < (u64)(&bsp_mmu_map + 1); addr += line)
		asm volatile("dc ivac, %0" : : "r"(addr) : "memory");
	asm volatile("dsb sy" : : : "memory");
}

bool bsp_map_memory(uint64_t start, uint64_t size)
{
	bool mapped;

	bsp_map_break(&bsp_mmu_map, start, start + size);
	tlb_flush();
	mapped = bsp_map_range(&bsp_mmu_map, start, start + size, PTE_DATA);
	bsp_map_mend(&bsp_mmu_map);
	tlb_flush();
	return mapped;
}
