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
 * cell_uart_input() - JH_HC_CONSOLE_INPUT: root lets a cell's virtual UART receive
 *
 * Return: how many of the bytes there was room for; -ENOENT: no such cell, or it receives nothing;
 * -EAGAIN: it does not run; -EBUSY: somebody manages cells just now; -EINVAL; -ENOSYS: this image
 * has no virtual UARTs.
 */
s64 cell_uart_input(const u64 args[4]);

#endif
