// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of vspi.c in an image without a unit that raises interrupts: no cell has one.
 */
#include <gic/vspi.h>
#include <hv/arch.h>

u32 vspi_bits(const struct cell *cell, u32 word)
{
	(void)cell;
	(void)word;
	return 0;
}

void vspi_sync(void)
{
}

void vspi_deliver(void)
{
}

void arch_virq_sync(void)
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
