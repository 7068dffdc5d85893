/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Virtual UARTs of cells: an optional unit.
 */
#ifndef HV_CELL_UART_H
#define HV_CELL_UART_H

#include <hv/types.h>

/**
 * cell_uart_input() - JH_HC_CONSOLE_INPUT: root sends bytes to a cell's virtual UART
 * @args:	as jh/hypercall.h says; any values
 *
 * Return: number of bytes taken, 0 if there was no room; -ENOENT if there is no such cell or it has
 * no virtual UART; -EAGAIN if it does not run; -EBUSY while a management call is under way; -EINVAL
 * for a count that is not 1 to 16; -ENOSYS if this image has no virtual UARTs.
 */
s64 cell_uart_input(const u64 args[4]);

#endif
