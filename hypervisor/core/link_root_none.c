// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of link_root.c in an image without links: no cell has one.
 */
#include <hv/errno.h>
#include <hv/link.h>

s64 link_root_open(struct cell *cell, u64 index, u64 irq, struct jh_error *error)
{
	(void)cell;
	(void)index;
	(void)irq;
	(void)error;
	return -EINVAL;
}
