// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of vlpi.c where the interrupt controller has no LPIs (GICv2).
 */
#include <gic/vlpi.h>

bool vlpi_refill(void)
{
	return true;
}

void vlpi_migrate(u32 intid, u32 priority)
{
	(void)intid;
	(void)priority;
}

void vlpi_migrate_queue(void)
{
}

void vlpi_take_over(void)
{
}

bool vlpi_are_delivered(void)
{
	return true;
}
