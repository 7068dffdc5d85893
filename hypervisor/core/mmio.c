// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/errno.h>
#include <hv/mmio.h>

struct mmio_region mmio_regions[MMIO_REGIONS];
static u32 num_regions;

int mmio_add(u64 start, u64 size, const struct mmio_ops *ops)
{
	if (num_regions == MMIO_REGIONS)
		return -ENOMEM;
	mmio_regions[num_regions++] = (struct mmio_region){ start, size, *ops };
	return 0;
}

int mmio_each(int (*visit)(u64 start, u64 size))
{
	u32 i;
	int err = 0;

	for (i = 0; i < num_regions && !err; i++)
		err = visit(mmio_regions[i].start, mmio_regions[i].size);
	return err;
}
