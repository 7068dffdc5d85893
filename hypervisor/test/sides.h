/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Two cells with a link between them, for tests: "left" is side 0, "right" side 1.
 */
#ifndef SIDES_H
#define SIDES_H

#include <hv/cell.h>
#include <hv/report.h>
#include "blob.h"

#define LEFT_CPU	2
#define RIGHT_CPU	3
#define THIRD_CPU	4
#define MEMORY		0x70000000UL	/* of blob_add_link(), in all cells */
#define COMMON		(MEMORY + 0x1000)
#define OUTPUT(side)	(MEMORY + 0x4000 + (side) * 0x2000)
#define REGISTERS	0x0b000000UL
#define PENDING(cell)	!!(cell_get(cell)->virqs.state & VIRQ_PENDING(VIRQ_EDGES))

extern u64 sides_left, sides_right;	/* their numbers; 0 before they are created */

/** sides_begin() - a machine without cells: CPUs 0 and 1 run root, the others are off */
void sides_begin(void);

/** sides_describe() - the configuration of a cell with its link, which is returned */
struct jh_config_link *sides_describe(struct blob_parts *parts, const char *name, u32 cpu);

/** sides_create() - create that cell; @cpu: the first of its CPUs. Return: its number */
u64 sides_create(const char *name, u32 cpu);

/** sides_run() - load the cell if need be, and start it */
void sides_run(u64 id);

/** sides_begin_both() - sides_begin(), and both cells run */
void sides_begin_both(void);

/** sides_access() - the guest of a CPU accesses a register of its side */
u64 sides_access(u32 cpu, u32 offset, u32 size, bool write, u64 value);

/** sides_get(), sides_put() - likewise, 4 bytes */
u32 sides_get(u32 cpu, u32 offset);
void sides_put(u32 cpu, u32 offset, u32 value);

/** sides_ring() - the guest of a CPU rings a bell */
void sides_ring(u32 cpu, u32 peer, u32 bell);

/** sides_row() - what the report says of a cell's side */
const struct jh_link_report *sides_row(u64 cell);

/** sides_table() - a word of the state table, as both see it whether their caches are on or off */
u32 sides_table(u64 cell, u32 which);

#endif
