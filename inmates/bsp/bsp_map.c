// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An identity map in blocks.
 *
 * Copyright (c) The jh authors
 */
#include "bsp_map.h"
#include "layout.h"

#define GB	(1UL << 30)
#define MB2	(1UL << 21)

void bsp_map_init(struct bsp_map *map)
{
	for (u64 n = 0; n < BSP_MAP_ENTRIES; n++)
		map->root[n] = n * GB | PTE_DEVICE;
	map->used = 0;
}

/* The table of the gigabyte that holds an address; NULL if there is none left. */
static u64 *bsp_map_table(struct bsp_map *map, u64 addr)
{
	u64 *entry = &map->root[addr / GB];
	u64 *table;

	if ((*entry & PTE_TABLE) == PTE_TABLE)
		return (u64 *)(*entry & ~(u64)PTE_TABLE);
	if (map->used == BSP_MAP_TABLES)
		return NULL;
	table = map->tables[map->used++];
	for (u64 n = 0; n < BSP_MAP_ENTRIES; n++)
		table[n] = ((addr & ~(GB - 1)) + n * MB2) | PTE_DEVICE;
	*entry = (u64)table | PTE_TABLE;
	return table;
}

void bsp_map_break(struct bsp_map *map, u64 start, u64 end)
{
	u64 *entry;

	for (u64 addr = start & ~(MB2 - 1); addr < end; addr += MB2) {
		entry = &map->root[addr / GB];
		if ((*entry & PTE_TABLE) == PTE_TABLE)
			entry = (u64 *)(*entry & ~(u64)PTE_TABLE) + addr / MB2 % BSP_MAP_ENTRIES;
		*entry = 0;
	}
}

void bsp_map_mend(struct bsp_map *map)
{
	for (u64 n = 0; n < BSP_MAP_ENTRIES; n++)
		if (!map->root[n])
			map->root[n] = n * GB | PTE_DEVICE;
}

bool bsp_map_range(struct bsp_map *map, u64 start, u64 end, u64 attributes)
{
	u64 *table;

	for (u64 addr = start & ~(MB2 - 1); addr < end; addr += MB2) {
		table = bsp_map_table(map, addr);
		if (!table)
			return false;
		table[addr / MB2 % BSP_MAP_ENTRIES] = addr | attributes;
	}
	return true;
}
