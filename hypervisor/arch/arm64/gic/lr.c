// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/lr.h>

int lr_find(u32 intid)
{
	u64 busy = lr_busy();

	for (; busy; busy &= busy - 1) {
		u32 n = (u32)__builtin_ctzl(busy);

		if (LR_VINTID(gic_lr_read(n)) == intid)
			return (int)n;
	}
	return -1;
}

bool lr_put(u64 value)
{
	u64 empty = gic_lr_empty() & this_percpu->vgic.lr_all;

	if (!empty)
		return false;
	gic_lr_write((u32)__builtin_ctzl(empty), value);
	return true;
}
