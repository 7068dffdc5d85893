// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/mmio.h>

struct mmio_region mmio_fast[MMIO_FAST];
static u32 num_fast;
static const struct mmio_region *more;

void mmio_add(struct mmio_region *region)
{
	if (num_fast < MMIO_FAST) {
		mmio_fast[num_fast++] = *region;
		return;
	}
	region->next = more;
	more = region;
}

void mmio_add_cell(struct cell *cell, struct mmio_region *region)
{
	region->next = cell->regions;
	cell->regions = region;
}

const struct mmio_region *mmio_find_more(u64 gpa)
{
	const struct mmio_region *region = mmio_find_in(more, gpa);

	return region ? region : mmio_find_in(this_cell()->regions, gpa);
}

u64 mmio_read(u32 offset, u32 size, const struct mmio_region *region)
{
	return region->access((struct mmio_access){ 0, offset, (u8)size, false }, region->context);
}

void mmio_write(u32 offset, u64 value, const struct mmio_region *region, u32 size)
{
	region->access((struct mmio_access){ mmio_low_bytes(value, size), offset, (u8)size, true },
		       region->context);
}

void mmio_ignored(u64 address)
{
	cpu_count(JH_STAT_IGNORED);
	cpu_self()->report->ignored = address;
}

bool mmio_is_filtered(u64 gpa)
{
	u32 i;

	for (i = 0; i < num_fast; i++)
		if (mmio_is_in(&mmio_fast[i], gpa))
			return true;
	return mmio_find_in(more, gpa);
}

int mmio_each(int (*visit)(u64 start, u64 size))
{
	const struct mmio_region *region;
	u32 i;
	int err = 0;

	for (i = 0; i < num_fast && !err; i++)
		err = visit(mmio_fast[i].start, mmio_fast[i].size);
	for (region = more; region && !err; region = region->next)
		err = visit(region->start, region->size);
	return err;
}
