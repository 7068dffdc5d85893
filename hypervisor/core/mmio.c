// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/errno.h>
#include <hv/mmio.h>

#define MAX_REGIONS	4

struct region {
	u64 start;
	u64 size;
	mmio_handler_t handler;
};

/* Written during enable, read-only afterwards; what is accessed most comes first. */
static struct region regions[MAX_REGIONS];
static u32 num_regions;

int mmio_add(u64 start, u64 size, mmio_handler_t handler)
{
	if (num_regions == MAX_REGIONS)
		return -ENOMEM;
	regions[num_regions++] = (struct region){ start, size, handler };
	return 0;
}

mmio_handler_t mmio_find(u64 gpa, u32 *offset)
{
	const struct region *r;

	/* Regions that are not used have no size. */
	for (r = regions; r < regions + MAX_REGIONS; r++) {
		if (gpa - r->start < r->size) {
			*offset = (u32)(gpa - r->start);
			return r->handler;
		}
	}
	return NULL;
}

int mmio_each(int (*visit)(u64 start, u64 size))
{
	u32 i;
	int err = 0;

	for (i = 0; i < num_regions && !err; i++)
		err = visit(regions[i].start, regions[i].size);
	return err;
}
