// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/uart.h>

static const struct uart_ops *ops;
static void *base;

static const struct uart_ops *const kinds[JH_CONSOLE_TYPES] = {
	[JH_CONSOLE_8250] = &uart_8250,
	[JH_CONSOLE_PL011] = &uart_pl011,
	[JH_CONSOLE_XUARTPS] = &uart_xuartps,
};

void uart_init(void *registers, const struct jh_console *console)
{
	ops = NULL;
	if (!registers || !console || console->type >= JH_CONSOLE_TYPES || !kinds[console->type])
		return;
	ops = kinds[console->type];
	if (console->type == JH_CONSOLE_8250 && console->flags & JH_CONSOLE_REGDIST_4)
		ops = &uart_8250_reg32;
	base = registers;
	ops->init(base, console);
}

bool uart_try_put(char c)
{
	if (!ops)
		return true;
	if (!ops->ready(base))
		return false;
	ops->put(base, c);
	return true;
}
