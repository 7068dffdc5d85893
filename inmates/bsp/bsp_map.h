/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables of an identity map of 39 bits with a granule of 4 KB, in blocks of 1 GB and 2 MB.
 *
 * Copyright (c) The jh authors
 */
#ifndef BSP_MAP_H
#define BSP_MAP_H

#include <inmate/types.h>

#define BSP_MAP_ENTRIES		512
/* RAM may touch so many gigabytes less one, which is for the communication region. */
#define BSP_MAP_TABLES		5

/**
 * struct bsp_map - tables, each of a page; all of it is written by bsp_map_init()
 * @root: an entry per GB
 * @tables: entries of 2 MB, for each GB with more than one kind of memory
 * @used: how many of @tables are in use
 */
struct bsp_map {
	u64 root[BSP_MAP_ENTRIES];
	u64 tables[BSP_MAP_TABLES][BSP_MAP_ENTRIES];
	u32 used;
};

/** bsp_map_init() - map everything as Device memory that cannot be executed */
void bsp_map_init(struct bsp_map *map);

/**
 * bsp_map_break() - unmap a range that a CPU may hold translations of, before bsp_map_range()
 *
 * A block of 1 GB with a part of the range is unmapped as a whole: bsp_map_range() splits it.
 * Between the two, all translations must be invalidated (Arm ARM D8.17.1, break before make).
 */
void bsp_map_break(struct bsp_map *map, u64 start, u64 end);

/** bsp_map_mend() - map entries that are still unmapped, for lack of a table, as Device again */
void bsp_map_mend(struct bsp_map *map);

/**
 * bsp_map_range() - map the blocks of 2 MB that hold a range with other attributes
 * @start: below @end, which is at most 2^39
 * @attributes: PTE_*
 *
 * Return: false if there are not enough tables; the first part of the range is mapped then.
 */
bool bsp_map_range(struct bsp_map *map, u64 start, u64 end, u64 attributes);

#endif
