// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of cell_uart.c in an image without that unit.
 */
#include <hv/cell_uart.h>
#include <hv/errno.h>

s64 cell_uart_input(const u64 args[4])
{
	(void)args;
	return -ENOSYS;
}
