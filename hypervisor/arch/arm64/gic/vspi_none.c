// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of vspi.c in an image without a unit that raises interrupts: no cell has one.
 */
#include <gic/vspi.h>

bool vspi_in_word(const struct cell *cell, u32 word)
{
	(void)cell;
	(void)word;
	return false;
}

void vspi_sync(void)
{
}

void vspi_join(struct cell *cell)
{
	(void)cell;
}

void vspi_leave(void)
{
}

u64 vspi_access(struct mmio_access access)
{
	(void)access;
	return 0;
}
