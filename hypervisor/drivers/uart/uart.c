// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/arch.h>
#include <hv/uart.h>

#define BYTE_TIMEOUT_US		1000

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

static bool put(char c)
{
	u64 deadline = arch_deadline(BYTE_TIMEOUT_US);

	while (!ops->ready(base)) {
		if (arch_expired(deadline))
			return false;
		arch_relax();
	}
	ops->put(base, c);
	return true;
}

void uart_write(const char *text, u64 length)
{
	u64 i;

	if (!ops)
		return;
	for (i = 0; i < length; i++) {
		if (text[i] == '\n' && !put('\r'))
			return;
		if (!put(text[i]))
			return;
	}
}
