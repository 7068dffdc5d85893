// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The physical addresses that Linux uses, as /proc/iomem shows them.
 */
#include "jh.h"

#include <linux/ioport.h>

static int note_highest(struct resource *res, void *argument)
{
	u64 *highest = argument;

	*highest = max_t(u64, *highest, res->end);
	return 0;
}

/** jh_iomem_highest() - the last address of all resources that have @flags (IORESOURCE_*); or 0 */
u64 jh_iomem_highest(unsigned long flags)
{
	u64 highest = 0;

	walk_iomem_res_desc(IORES_DESC_NONE, flags, 0, -1, &highest, note_highest);
	return highest;
}
