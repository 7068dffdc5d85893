/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Consoles of cells: what they print by hypercall or to a virtual UART, which receives as well.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/types.h>

/**
 * console_input() - JH_HC_CONSOLE_INPUT: root lets a cell's virtual UART receive
 *
 * Return: how many of the bytes there was room for; -ENOENT: no such cell, or it receives nothing;
 * -EAGAIN: it does not run; -EBUSY: somebody manages cells just now; -EINVAL.
 */
s64 console_input(const u64 args[4]);

#endif
